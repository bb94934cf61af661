import { launch, openPage } from './browser.js';
import { NO_CHROMIUM, provideChromium } from './chromium.js';
import { createFakeRun, type FakeRun } from './fake-run.js';
import { type FakeServer, serve } from './fake-server.js';

/**
 * What the wall costs with 1,000 classes: `npm run bench:gallery -- [MINUTES]`. The time to its first whole painting;
 * frames a second while it is scrolled and 200 classes a second become better; the page's memory over so many minutes.
 */

const IMPROVEMENTS = 200;
const SCROLL_MS = 8000;
const minutes = Number(process.argv[3] ?? 1);
const say = (line: string) => process.stdout.write(`${line}\n`);

const executable = provideChromium();
if (executable === undefined) throw new Error(NO_CHROMIUM);
const run = createFakeRun({ name: 'bench', classes: 1000, past: 6, empty: 0 });
const server = await serve([run]);
const browser = await launch(executable);

/** As a coordinator does: what changed within a second goes in one message. */
function improve(of: FakeRun, at: FakeServer): () => void {
  const timer = setInterval(() => {
    at.tell(
      of,
      Array.from({ length: IMPROVEMENTS }, () => of.improve(Date.now())),
    );
  }, 1000);
  return () => clearInterval(timer);
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function firstWall(): Promise<number> {
  const page = await openPage(browser, 'about:blank');
  const began = performance.now();
  await page.goto(server.url);
  await page.waitForFunction(() => {
    const sheet = document.querySelector<HTMLCanvasElement>('.wall canvas');
    const tiles = [...document.querySelectorAll('.wall-links a')];
    if (sheet === null || tiles.length === 0) return false;
    const above = sheet.getBoundingClientRect();
    // A tile whose middle and corner have the colour of an empty one is not painted yet; pictures are rarely so.
    const blank = tiles.filter((tile) => {
      const { left, top, width } = tile.getBoundingClientRect();
      if (top > innerHeight) return false;
      const at = (share: number) =>
        sheet
          .getContext('2d')
          ?.getImageData(left - above.left + share * width, top - above.top + share * width, 1, 1)
          .data.slice(0, 3)
          .join();
      return at(0.5) === '21,24,26' && at(0.1) === '21,24,26';
    });
    return blank.length === 0;
  });
  const took = performance.now() - began;
  await page.context().close();
  return took;
}

/** Frames a second, and the share of frames that took longer than 20 ms, while it scrolls. */
async function scrolling(): Promise<{ fps: number; slow: number }> {
  const page = await openPage(browser, server.url);
  await page.waitForTimeout(2000);
  const stop = improve(run, server);
  const frames = await page.evaluate(async (duration) => {
    const wall = document.querySelector('.wall');
    const times: number[] = [];
    const began = performance.now();
    await new Promise<void>((resolve) => {
      const step = (now: number) => {
        times.push(now);
        // Down and up again, 1,200 pixels a second.
        const way = ((now - began) * 1.2) % 16_000;
        if (wall !== null) wall.scrollTop = way < 8000 ? way : 16_000 - way;
        if (now - began < duration) requestAnimationFrame(step);
        else resolve();
      };
      requestAnimationFrame(step);
    });
    return times.slice(1).map((time, i) => time - (times[i] ?? 0));
  }, SCROLL_MS);
  stop();
  await page.context().close();
  const total = frames.reduce((sum, frame) => sum + frame, 0);
  return {
    fps: (1000 * frames.length) / total,
    slow: frames.filter((frame) => frame > 20).length / frames.length,
  };
}

/** The page's heap after a collection, in MB, each minute. */
async function memory(): Promise<number[]> {
  const page = await openPage(browser, server.url);
  const session = await page.context().newCDPSession(page);
  const stop = improve(run, server);
  const sizes: number[] = [];
  for (let minute = 0; minute <= minutes; minute++) {
    await page.waitForTimeout(minute === 0 ? 15_000 : 60_000);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    sizes.push(usedSize / 1e6);
  }
  stop();
  await page.context().close();
  return sizes;
}

const walls = [];
for (let i = 0; i < 3; i++) walls.push(await firstWall());
say(`first wall, all tiles in view painted: ${Math.round(median(walls))} ms (median of ${walls.length})`);
const { fps, slow } = await scrolling();
say(
  `scrolling with ${IMPROVEMENTS} improvements/s: ${fps.toFixed(1)} frames/s, ${(100 * slow).toFixed(1)} % of frames over 20 ms`,
);
if (minutes > 0)
  say(`heap of the page, minute by minute, MB: ${(await memory()).map((size) => size.toFixed(1)).join(' ')}`);
await browser.close();
await server.close();
process.exit();
