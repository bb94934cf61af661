import type { Page } from 'playwright-core';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';

const drawer = loadDrawer();

/** The pixels of a tile as the wall's canvas has them, without its hair's breadth of an edge: RGB, row by row. */
export async function tilePixels(page: Page, classId: number): Promise<{ side: number; pixels: number[] }> {
  return page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.wall canvas');
    const link = document.querySelector(`.wall [data-class="${id}"]`);
    if (canvas === null || link === null) return { side: 0, pixels: [] };
    const [sheet, tile] = [canvas.getBoundingClientRect(), link.getBoundingClientRect()];
    const side = Math.round(tile.width);
    const [left, top] = [Math.round(tile.left - sheet.left), Math.round(tile.top - sheet.top)];
    const data = canvas.getContext('2d')?.getImageData(left + 1, top + 1, side - 2, side - 2).data ?? [];
    return { side, pixels: Array.from(data).filter((_, i) => i % 4 !== 3) };
  }, classId);
}

/** The same of what an island's worker draws. */
export function drawnPixels(genome: Uint8Array, side: number): number[] {
  const { data, channels } = drawer.pixels(decodeGenome(genome), side, side);
  const pixels: number[] = [];
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = (y * side + x) * channels;
      for (let c = 0; c < 3; c++) pixels.push(data[at + (channels === 1 ? 0 : c)] ?? 0);
    }
  }
  return pixels;
}

/** Whether a tile shows exactly what a worker draws of the genome. */
export async function shows(page: Page, classId: number, genome: Uint8Array | undefined): Promise<boolean> {
  const { side, pixels } = await tilePixels(page, classId);
  if (side === 0 || genome === undefined) return false;
  const wanted = drawnPixels(genome, side);
  return wanted.length === pixels.length && wanted.every((byte, i) => byte === pixels[i]);
}
