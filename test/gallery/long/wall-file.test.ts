import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { fillPage } from '../../../coordinator/export/wall-file.js';
import type { WallFile } from '../../../protocol/wire/wall-file.js';
import { violationsOn } from '../axe.js';
import { createFakeRun, type FakeRun } from '../fake-run.js';
import { wallFileOfFake } from '../fake-wall-file.js';
import { inBrowser, visit } from '../theatre.js';
import { shows } from '../tile.js';
import { until } from '../until.js';

const PAGE = fileURLToPath(new URL('../../../dist/coordinator/gallery/page-file/wall.html', import.meta.url));

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** An exported wall on the disk: its address and its path. */
async function exported(file: WallFile): Promise<{ readonly url: string; readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'atoll-wall-'));
  folders.push(folder);
  const path = join(folder, 'wall #1.html');
  await writeFile(path, fillPage(await readFile(PAGE, 'utf8'), file));
  return { url: pathToFileURL(path).href, path };
}

/** Opens it; keeps the addresses of all that it asks for besides itself. */
async function open(run: FakeRun, hash = '', look: Parameters<typeof visit>[1] = { still: true }) {
  const { url } = await exported(wallFileOfFake(run));
  const page = await visit('about:blank', look);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${url}${hash}`);
  const foreign = () => asked.filter((each) => !each.startsWith(url) && !/^(?:blob|data):/.test(each));
  return { page, foreign };
}

inBrowser('an exported wall', () => {
  it("opens from a disk, asks nobody for anything, and draws each tile as the islands' workers draw it", async () => {
    const run = createFakeRun({ name: 'stick', classes: 10, past: 4, empty: 0 });
    const { page, foreign } = await open(run);
    await until(async () => {
      for (const classId of [0, 5, 9]) {
        expect(await shows(page, classId, run.cells.get(classId)?.genome)).toBe(true);
      }
    });
    expect(await page.locator('.reach').textContent()).toMatch(/^As it was on 25 Nov 2026/);
    expect(await page.getByRole('button', { name: 'Show it a picture' }).count()).toBe(0);
    expect([page.wrongs, foreign()]).toEqual([[], []]);
  });

  it('of a thousand classes has at most 3 MB, and can be sorted and filtered', async () => {
    const run = createFakeRun({ name: 'night', classes: 1000, past: 3, empty: 0.02 });
    const { path } = await exported(wallFileOfFake(run));
    expect((await stat(path)).size).toBeLessThan(3e6);
    const { page } = await open(run, '#/?sort=confidence');
    const best = [...run.cells.values()].sort((a, b) => b.confidence - a.confidence)[0]?.classId;
    const first = page.locator('.wall-links a').first();
    await until(async () => expect(await first.getAttribute('data-class')).toBe(`${best}`));
    await page.getByPlaceholder('Filter labels').fill('old bus');
    await until(async () => expect(await first.textContent()).toMatch(/^old bus/));
    expect(page.wrongs).toEqual([]);
  });

  it('shows an elite at any size, with its confidence, label and graph, at its own address', async () => {
    const run = createFakeRun({ name: 'stick', classes: 10, past: 4, empty: 0 });
    const { page, foreign } = await open(run);
    await page.locator('.wall-links [data-class="7"]').click();
    await page.locator('#elite-title', { hasText: '7' }).waitFor();
    expect(page.url()).toMatch(/#\/class\/7$/);
    await page.locator('.graph-drawing').waitFor();
    await page.locator('.stage .large canvas[data-drawn]').waitFor();
    await page.getByRole('slider', { name: 'Pixels' }).fill('6');
    await page.locator('.stage .large canvas[data-drawn="64"]').waitFor();
    expect(await page.locator('.confidence b').textContent()).toMatch(/ %$/);
    expect(await page.locator('.facts').textContent()).toContain('Generation');
    expect(await violationsOn(page)).toEqual([]);
    expect([page.wrongs, foreign()]).toEqual([[], []]);
  });
});
