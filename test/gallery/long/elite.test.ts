import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { rgbaOf } from '../../../coordinator/gallery/page/drawing/rgba.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { decodeGenome } from '../../../protocol/encodings/codec.js';
import { createFakeRun, lineageOf } from '../fake-run.js';
import { inBrowser, stage, visit } from '../theatre.js';
import { until } from '../until.js';

const aRun = () => createFakeRun({ name: 'elites', classes: 40, past: 15, empty: 0 });

/** Width and SHA-256 of the RGBA bytes of a picture on the page: thousands of numbers would take long to come here. */
function pictureOf(page: Page, selector: string): Promise<{ width: number; digest: string }> {
  return page
    .locator(`${selector} canvas`)
    .first()
    .evaluate(async (each) => {
      const canvas = each as HTMLCanvasElement;
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      const hash = await crypto.subtle.digest('SHA-256', data ?? new Uint8ClampedArray());
      const digest = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
      return { width: canvas.width, digest };
    });
}

/** The same of what a worker draws of a genome at the network's size. */
function drawnDigest(bytes: Uint8Array | undefined): string {
  const pixels = loadDrawer().pixels(decodeGenome(bytes ?? new Uint8Array()), 224, 224);
  return createHash('sha256').update(rgbaOf(pixels)).digest('hex');
}

inBrowser('an elite', () => {
  it('is shown as the network saw it, pixel for pixel, and drawn anew for the screen', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(`${url}#/class/7`, { still: true });
    const wanted = { width: 224, digest: drawnDigest(run.cells.get(7)?.genome) };
    await until(async () => {
      expect(await pictureOf(page, '.seen')).toEqual(wanted);
      expect((await pictureOf(page, '.large')).width).toBeGreaterThan(300);
    });
    expect(await page.locator('.seen figcaption').textContent()).toMatch(
      /What the network saw: 224 × 224 pixels/,
    );
    expect(await page.locator('.beliefs li').count()).toBe(5);
  });

  it('has an address of its own, from which one comes back to the wall', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(url, { still: true });
    await page.locator('.wall-links a[data-class="7"]').click();
    await until(async () => expect(await page.locator('#elite-title').textContent()).toBe(run.labels[7]));
    expect(page.url()).toBe(`${url}#/class/7`);
    await page.goBack();
    await until(async () => expect(await page.locator('.elite').count()).toBe(0));
    await page.goto(`${url}#/class/4711`);
    await until(async () => expect(await page.locator('#elite-title').textContent()).toBe('No such class'));
  });

  it('comes with its ancestors, and says where the line changed its goal', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const deep = [...run.cells.keys()].find(
      (id) => new Set(lineageOf(run, id).map(({ classId }) => classId)).size > 2,
    );
    const page = await visit(`${url}#/class/${deep}`, { still: true });
    const ancestors = lineageOf(run, deep ?? 0);
    const switches = ancestors.filter(
      ({ classId }, i) => i > 0 && ancestors[i - 1]?.classId !== classId,
    ).length;
    await until(async () => expect(await page.locator('.ancestors li').count()).toBe(ancestors.length));
    expect(await page.locator('.ancestors [data-switch="true"]').count()).toBe(switches);
    expect(await page.locator('.ancestor-label').allTextContents()).toEqual(
      ancestors.map(({ label }) => label),
    );
    await page.locator('.ancestors').scrollIntoViewIfNeeded();
    await until(async () =>
      expect(await page.locator('.ancestors canvas[data-drawn]').count()).toBeGreaterThan(0),
    );
  });

  it('is drawn as it was at every step, by a slider', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(`${url}#/class/7`, { still: true });
    const slider = page.locator('.through input');
    await slider.waitFor();
    await slider.focus();
    await page.keyboard.press('Home');
    const digest = drawnDigest(run.known.get(run.history.get(7)?.[0]?.digest ?? '')?.bytes);
    await until(async () => expect(await pictureOf(page, '.seen')).toEqual({ width: 224, digest }));
  });

  it("has its CPPN as a graph, of which each node's own picture is drawn", async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(`${url}#/class/7`, { still: true });
    const buttons = page.locator('.node-buttons button');
    await buttons.first().waitFor();
    await until(async () => expect(await page.locator('.node image').count()).toBe(await buttons.count()));
    await buttons.first().focus();
    expect(await page.locator('.node-panel b').textContent()).toBe('x');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.node-panel b').textContent()).toBe('y');
    await until(async () => expect(await page.locator('.node-panel canvas[data-drawn]').count()).toBe(1));
  });

  it('can be taken away: PNG of any size, what the network saw, the genome, the graph', async () => {
    const run = aRun();
    const { url } = await stage([run]);
    const page = await visit(`${url}#/class/7`, { still: true });
    const download = async (name: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name }).click(),
      ]);
      return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
    };
    await page.locator('.node-buttons button').first().waitFor();
    await page.getByLabel('Drawn anew at').fill('321');
    const png = await download('PNG');
    expect(png.name).toMatch(/^7-[0-9a-f]{8}-321\.png$/);
    expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([321, 321]);
    const seen = await download('What the network saw');
    expect([seen.bytes.readUInt32BE(16), seen.bytes.readUInt32BE(20)]).toEqual([224, 224]);
    const genome = JSON.parse((await download('Genome (JSON)')).bytes.toString());
    expect(genome).toMatchObject({ encoding: 'cppn', digest: run.cells.get(7)?.digest });
    expect((await download('SVG')).bytes.toString()).toMatch(/^<svg [^>]*><style>.*<\/style>/s);
  });
});
