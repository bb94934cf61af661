import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { createFakeRun } from '../fake-run.js';
import { inBrowser, stage, visit } from '../theatre.js';
import { until } from '../until.js';

const aThousand = () => createFakeRun({ name: 'wide', classes: 1000, past: 3, empty: 0.1 });

/** The classes of the tiles that have a link now, in their order. */
const classesOn = (page: Page) =>
  page
    .locator('.wall-links a')
    .evaluateAll((links) => links.map((link) => Number(link.getAttribute('data-class'))));

inBrowser('the wall', () => {
  it('shows every class, the empty ones as such, and only those in view have a link', async () => {
    const run = aThousand();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await until(async () => expect(await page.locator('.shown').textContent()).toBe('1,000 classes'));
    const links = await classesOn(page);
    expect(links.length).toBeGreaterThan(10);
    expect(links.length).toBeLessThan(100);
    const seen = new Map<number, string>();
    await until(async () => {
      for (const link of await page.locator('.wall-links a').all()) {
        seen.set(Number(await link.getAttribute('data-class')), (await link.textContent()) ?? '');
      }
      expect([...seen].some(([classId, text]) => !run.cells.has(classId) && text.endsWith(', empty'))).toBe(
        true,
      );
    });
    await page.locator('.wall').evaluate((wall) => {
      wall.scrollTop = wall.scrollHeight;
    });
    await until(async () => expect(await classesOn(page)).not.toEqual(links));
  });

  it('sorts by confidence, age and island, with empty cells last', async () => {
    const run = aThousand();
    const { url } = await stage([run]);
    const page = await visit(`${url}#/?sort=confidence`, { still: true });
    const best = [...run.cells.values()]
      .sort((a, b) => b.confidence - a.confidence)
      .map(({ classId }) => classId);
    await until(async () => expect((await classesOn(page)).slice(0, 5)).toEqual(best.slice(0, 5)));
    await page.getByLabel('Sort by').selectOption('newest');
    const newest = Math.max(...[...run.cells.values()].map(({ changed }) => changed));
    await until(async () => expect(run.cells.get((await classesOn(page))[0] ?? -1)?.changed).toBe(newest));
    await page.getByLabel('Sort by').selectOption('island');
    await until(async () => {
      const islands = (await classesOn(page)).map((classId) => run.cells.get(classId)?.island ?? 9);
      expect(islands).toEqual([...islands].sort());
      expect(islands[0]).toBe(0);
    });
    await page.locator('.wall').evaluate((wall) => {
      wall.scrollTop = wall.scrollHeight;
    });
    await until(async () => expect(run.cells.has((await classesOn(page)).at(-1) ?? 0)).toBe(false));
  });

  it('filters by words of labels and by confidence, and the address keeps it', async () => {
    const run = aThousand();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await page.locator('.wall-links a').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('bus school');
    const found = run.labels.flatMap((label, id) =>
      label.includes('bus') && label.includes('school') ? [id] : [],
    );
    await until(async () => expect((await classesOn(page)).sort()).toEqual(found.sort()));
    expect(page.url()).toMatch(/find=bus\+school/);
    await page.getByLabel('Filter by label').fill('');
    await page.getByLabel('At least').selectOption('0.9');
    const sure = [...run.cells.values()].filter(({ confidence }) => confidence >= 0.9).length;
    await until(async () => expect(await page.locator('.shown').textContent()).toBe(`${sure} of 1,000`));
    await page.reload();
    await until(async () => expect(await page.locator('.shown').textContent()).toBe(`${sure} of 1,000`));
  });

  it('grows from wall to tile with ctrl and the wheel, and what is under the pointer stays', async () => {
    const { url } = await stage([aThousand()]);
    const page = await visit(url, { still: true });
    await page.locator('.wall-links a').first().waitFor();
    const width = () =>
      page
        .locator('.wall-links a')
        .first()
        .evaluate((link) => link.getBoundingClientRect().width);
    const before = await width();
    await page.mouse.move(800, 400);
    await page.keyboard.down('Control');
    for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await until(async () => expect(await width()).toBeGreaterThan(2 * before));
  });

  it('is walked with the keyboard alone: arrows, Enter, Escape', async () => {
    const run = aThousand();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await page.locator('.wall-links a').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-class'));
    const start = await focused();
    expect(start).not.toBeNull();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await until(async () => expect(await focused()).not.toBe(start));
    await page.keyboard.press('End');
    await until(async () =>
      expect(await focused()).toBe(
        `${run.labels.indexOf([...run.labels].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? '')}`,
      ),
    );
    const last = await focused();
    await page.keyboard.press('Enter');
    await until(async () => expect(page.url()).toMatch(new RegExp(`#/class/${last}$`)));
    await until(async () => expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1'));
    await page.keyboard.press('Escape');
    await until(async () => expect(await focused()).toBe(last));
  });

  it('is zoomed by two fingers, around the row between them, and by its slider on a phone', async () => {
    const run = aThousand();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true, touch: true, width: 360, height: 740, ratio: 2 });
    const link = page.locator('.wall-links a').first();
    await link.waitFor();
    const widthOf = async () => (await link.boundingBox())?.width ?? 0;
    const before = await widthOf();
    const fingers = await page.context().newCDPSession(page);
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) => {
      const touchPoints = [-1, 1].map((side, id) => ({ x: 180 + (side * apart) / 2, y: 400, id }));
      await fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : touchPoints,
      });
    };
    await touch('touchStart', 60);
    for (const apart of [80, 110, 150, 200]) await touch('touchMove', apart);
    await touch('touchEnd', 200);
    await until(async () => expect(await widthOf()).toBeGreaterThan(before * 1.8));
    expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
    await page.getByRole('slider', { name: 'Size' }).fill('3.5');
    await until(async () => expect(await widthOf()).toBeLessThan(before));
    await page.getByRole('button', { name: 'Fit' }).tap();
    await until(async () => expect(await widthOf()).toBe(before));
  });
});
