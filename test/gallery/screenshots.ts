import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, openPage } from './browser.js';
import { NO_CHROMIUM, provideChromium } from './chromium.js';
import { createFakeRun } from './fake-run.js';
import { serve } from './fake-server.js';

/**
 * Pictures of the gallery, to be looked at: `npm run screenshots:gallery -- [FOLDER] [ADDRESS]`. Without the address of a
 * gallery they are of runs out of thin air; with it, of that one.
 */

const [folder = 'screenshots', address] = process.argv.slice(3);
const WIDTHS = [
  { width: 360, height: 740, ratio: 2 },
  { width: 1280, height: 800, ratio: 1 },
  { width: 1920, height: 1080, ratio: 1 },
  { width: 3840, height: 2160, ratio: 1 },
] as const;
const SCHEMES = ['dark', 'light'] as const;

const executable = provideChromium();
if (executable === undefined) throw new Error(NO_CHROMIUM);
await mkdir(folder, { recursive: true });
const browser = await launch(executable);

async function take(name: string, url: string, only?: readonly number[]): Promise<void> {
  for (const { width, height, ratio } of WIDTHS) {
    if (only !== undefined && !only.includes(width)) continue;
    for (const scheme of SCHEMES) {
      const page = await openPage(browser, url, { width, height, ratio, scheme });
      await page.waitForTimeout(2500);
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
      const scroller = page.locator('.elite');
      if (await scroller.count()) {
        await scroller.evaluate((each) => {
          each.scrollTop = each.clientHeight * 0.9;
        });
        await page.waitForTimeout(1500);
        await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}-below.png`) });
      }
      for (const wrong of page.wrongs) process.stderr.write(`${name} ${width} ${scheme}: ${wrong}\n`);
      await page.context().close();
    }
  }
}

/** All of an elite's page in one picture. */
async function takeWhole(name: string, url: string): Promise<void> {
  const page = await openPage(browser, url, { width: 1280, height: 2000, scheme: 'dark' });
  await page.locator('.ancestors canvas[data-drawn]').last().waitFor();
  await page.locator('.beliefs').waitFor();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: join(folder, `${name}-whole.png`) });
  await page.context().close();
}

if (address === undefined) {
  const now = Date.now();
  for (const run of [
    createFakeRun({ name: 'digits-cppn-1', classes: 10, outputs: 1, canvas: 28, past: 30, empty: 0 }),
    createFakeRun({ name: 'night', classes: 1000 }),
  ]) {
    const server = await serve([run]);
    const improved = Array.from({ length: Math.ceil(run.classes / 60) }, () => run.improve(now));
    const classId = improved[0]?.classId ?? 0;
    await take(`${run.name}-wall`, server.url);
    await take(`${run.name}-elite`, `${server.url}#/class/${classId}`);
    await server.close();
  }
} else {
  const elite = `${address}#/class/${process.argv[5] ?? 0}`;
  await take('wall', address);
  await take('best', `${address}#/?sort=confidence`, [360, 1280]);
  await take('elite', elite);
  await takeWhole('elite', elite);
}
await browser.close();
// What runs TypeScript would wait for more of it.
process.exit();
