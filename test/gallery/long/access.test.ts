import { expect, it } from 'vitest';
import { violationsOn } from '../axe.js';
import { createFakeRun } from '../fake-run.js';
import { inBrowser, stage, visit } from '../theatre.js';
import { until } from '../until.js';

const SCHEMES = ['dark', 'light'] as const;
const VIEWS = [
  ['the wall', '#/', '.wall-links a'],
  ['a wall that nothing is on', '#/?find=nothing-is-called-so', '.shown'],
  ['an elite', '#/class/3', '.node-buttons button'],
  ['an empty class', '#/class/29', '.elite p'],
  ['no class', '#/class/999', '#elite-title'],
  ['two runs', '#/class/3?beside=second', '.half .plot'],
] as const;

inBrowser('for everyone', () => {
  it.each(
    SCHEMES.flatMap((scheme) => VIEWS.map(([name, hash, sign]) => [name, scheme, hash, sign] as const)),
  )('%s, %s, has no serious fault', async (_, scheme, hash, sign) => {
    const runs = [
      createFakeRun({ name: 'first', classes: 30, past: 6, empty: 0 }),
      createFakeRun({ name: 'second', classes: 30, past: 6, seed: 8, empty: 0 }),
    ];
    runs[0]?.cells.delete(29);
    const { url } = await stage(runs);
    const page = await visit(`${url}${hash}`, { scheme, still: true });
    await page.locator(sign).first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it.each(SCHEMES)('the panels, %s, have no serious fault', async (scheme) => {
    const { url } = await stage([createFakeRun({ name: 'first', classes: 30, past: 6 })]);
    const page = await visit(url, { scheme, still: true });
    await page.getByRole('button', { name: 'Show it a picture' }).click();
    await page.locator('.look').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Control' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it.each([360, 1280, 3840])('nothing is wider than a window of %d pixels', async (width) => {
    const { url } = await stage([createFakeRun({ name: 'first', classes: 30, past: 12 })]);
    for (const hash of ['#/', '#/class/3']) {
      const page = await visit(`${url}${hash}`, { width, height: 800, still: true });
      await page.locator('.wall-links').waitFor({ state: 'attached' });
      await page.waitForTimeout(500);
      const over = await page.evaluate(() =>
        ['body', '.main', '.elite', '.header', '.side'].filter((each) => {
          const element = document.querySelector(each);
          return element !== null && element.scrollWidth > element.clientWidth + 1;
        }),
      );
      expect(over).toEqual([]);
    }
  });

  it('nothing is asked of any other host', async () => {
    const { url } = await stage([createFakeRun({ name: 'first', classes: 30, past: 6 })]);
    const page = await visit(url, { still: true });
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(`${url}#/class/3`);
    await page.reload();
    await page.locator('.node-buttons button').first().waitFor();
    await until(() => expect([...hosts].filter((host) => host !== '')).toEqual([new URL(url).host]));
    expect(page.wrongs).toEqual([]);
  });
});
