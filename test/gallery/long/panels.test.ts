import { expect, it } from 'vitest';
import { createFakeRun } from '../fake-run.js';
import { TOKEN } from '../fake-server.js';
import { inBrowser, stage, visit } from '../theatre.js';
import { until } from '../until.js';

const aRun = (name = 'panels') => createFakeRun({ name, classes: 30, past: 8, empty: 0 });
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

inBrowser('beside the wall', () => {
  it('any picture can be shown to the network, whose answers light up', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await page.getByRole('button', { name: 'Show it a picture' }).click();
    await page
      .getByLabel('Choose a picture')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG });
    await until(async () => expect(await page.locator('.look .beliefs li').count()).toBe(5));
    const first = await page.locator('.look .beliefs .belief-label').allTextContents();
    await until(async () => {
      const tiles = await page
        .locator('.wall-links a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('title')));
      expect(tiles.slice(0, 5)).toEqual(first);
    });
    await page
      .getByLabel('Choose a picture')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: PNG });
    await until(async () =>
      expect(await page.locator('.look [role=status]').textContent()).toMatch(/^This is no picture/),
    );
    expect(page.wrongs).toEqual([]);
  });

  it("so can the webcam's picture", async () => {
    const { url } = await stage([aRun()]);
    const page = await visit(url, { still: true });
    await page.getByRole('button', { name: 'Show it a picture' }).click();
    await page.getByRole('button', { name: 'Webcam' }).click();
    await until(async () => {
      // It goes when its picture was taken, which takes a frame of the camera.
      const button = page.getByRole('button', { name: 'Show it this' });
      if (await button.isVisible()) await button.click({ timeout: 500 });
      expect(await page.locator('.look .beliefs li').count()).toBe(5);
    });
  });

  it('the run is controlled by whoever has the token, in this tab alone', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    const enter = async (token: string) => {
      await page.getByRole('button', { name: 'Control' }).click();
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Use it' }).click();
    };
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await enter('wrong');
    await page.getByRole('button', { name: 'Pause' }).click();
    await until(async () =>
      expect(await page.locator('.header [role=alert]').textContent()).toMatch(/token/),
    );
    await enter(TOKEN);
    await page.getByRole('button', { name: 'Pause' }).click();
    await until(async () => expect(run.state).toBe('paused'));
    await page.reload();
    await page.getByRole('button', { name: 'Resume' }).click();
    await until(async () => expect(run.state).toBe('running'));
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(run.state).toBe('running');
    await page.getByRole('button', { name: 'Stop for good?' }).click();
    await until(async () => expect(run.state).toBe('ended'));
    const other = await visit(url, { still: true });
    await other.locator('.wall-links a').first().waitFor();
    expect(await other.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  });

  it.each([360, 1280])(
    'what each of several emitters made of its share is told, %d pixels wide',
    async (width) => {
      const { url } = await stage([aRun('first')]);
      const page = await visit(url, { still: true, width, height: 740 });
      const figures = page.getByRole('button', { name: 'Figures' });
      if ((await figures.getAttribute('aria-expanded')) === 'false') await figures.click();
      const rows = page
        .locator('section', { has: page.getByRole('heading', { name: 'Emitters' }) })
        .locator('tr');
      await until(async () => expect(await rows.count()).toBe(4));
      const cells = await rows.evaluateAll((all) =>
        all.map((row) => [...row.children].map((cell) => cell.textContent)),
      );
      expect(cells).toEqual([
        ['Emitter', 'share of passes', 'gain per 1,000'],
        ['mutation', '10 %', '125'],
        ['gradient', '90 %', '1,111'],
        ['cma', '0 %', '0'],
      ]);
      const side = await page.locator('.side').evaluate((all) => all.scrollWidth - all.clientWidth);
      expect(side).toBeLessThanOrEqual(1);
    },
  );

  it('the header of a finished run has one row on a phone', async () => {
    const run = aRun('a-run-with-a-name-that-is-long');
    run.state = 'ended';
    const { url } = await stage([run], { stored: true });
    const page = await visit(url, { still: true, width: 360, height: 740 });
    await until(async () => expect(await page.locator('.reach').textContent()).toBe('From disk'));
    const buttons = page.locator('.header .button');
    const tops = await buttons.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    expect(tops).toHaveLength(2);
    expect(new Set(tops).size).toBe(1);
  });

  it('finished runs are read from disk, and a class of two is compared side by side', async () => {
    const runs = [aRun('first'), createFakeRun({ name: 'second', classes: 30, past: 4, seed: 9, empty: 0 })];
    for (const run of runs) run.state = 'ended';
    const { url } = await stage(runs, { stored: true });
    const page = await visit(url, { still: true });
    await page.locator('.wall-links a').first().waitFor();
    await until(async () => expect(await page.locator('.reach').textContent()).toBe('From disk'));
    await page.locator('.run-name select').selectOption({ index: 1 });
    await until(() => expect(page.url()).toMatch(/run=second/));
    await page.goto(`${url}#/class/3`);
    await page.getByLabel('Compare with').selectOption('second');
    await until(async () =>
      expect(await page.locator('.half > h2').allTextContents()).toEqual(['first', 'second']),
    );
    await until(async () => expect(await page.locator('.half canvas[data-drawn]').count()).toBe(4));
  });
});
