import { expect, it } from 'vitest';
import { violationsOn } from './axe.js';
import { createFakeRun } from './fake-run.js';
import { serve } from './fake-server.js';
import { inBrowser, stage, visit } from './theatre.js';
import { shows } from './tile.js';
import { until } from './until.js';

/** The short form: what has to hold on every commit. All else is in long/. */

const anyRun = (classes = 10) => createFakeRun({ name: 'short', classes, past: 6, empty: 0 });

inBrowser('the gallery', () => {
  it("draws each tile as the islands' workers draw it, byte for byte, and nothing is refused by its policy", async () => {
    const run = anyRun();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await until(async () => {
      for (const classId of [0, 4, 9]) {
        expect(await shows(page, classId, run.cells.get(classId)?.genome)).toBe(true);
      }
    });
    expect(page.wrongs).toEqual([]);
  });

  it('shows an improvement where it happens, without being asked', async () => {
    const run = anyRun();
    const server = await stage([run]);
    const page = await visit(server.url, { still: true });
    await until(async () => expect(await shows(page, 3, run.cells.get(3)?.genome)).toBe(true));
    const better = run.improve(Date.now(), 3);
    server.tell(run, [better]);
    await until(async () =>
      expect(await page.locator('.wall [data-class="3"]').textContent()).toMatch(/just now|s ago/),
    );
    // Its light goes out after a few seconds; until then a frame is around the picture, not in it.
    await until(async () => expect(await shows(page, 3, better.genome)).toBe(true));
  });

  it('comes back by itself when its coordinator was away, and says so', async () => {
    const run = anyRun();
    const first = await serve([run]);
    const page = await visit(first.url, { still: true });
    const reach = page.locator('.reach');
    await until(async () => expect(await reach.textContent()).toMatch(/^Live/));
    await first.close();
    await until(async () => expect(await reach.textContent()).toMatch(/^Connection lost, reconnecting/));
    const better = run.improve(Date.now(), 5);
    await stage([run], { port: first.port });
    await until(async () => expect(await reach.textContent()).toMatch(/^Live/));
    await until(async () => expect(await shows(page, 5, better.genome)).toBe(true));
  });

  it('has nothing that keeps people out, on the wall and at an elite', async () => {
    const run = anyRun();
    const { url } = await stage([run]);
    const page = await visit(url);
    await page.locator('.wall-links a').first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.locator('.wall-links a').first().click();
    await page.locator('.ancestors li').first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });
});
