import { describe, expect, it } from 'vitest';
import { cornersOf, lossMap, occlude, occluded, sidesFor } from '../../../ops/lab/occlusion/occlusion.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';

const [WIDTH, HEIGHT] = [24, 16];
/** What the network looks for: four bright pixels. */
const PLANTED = { x: 16, y: 5, side: 2 };

const pixels: Pixels = {
  width: WIDTH,
  height: HEIGHT,
  channels: 1,
  data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    isPlanted(i % WIDTH, Math.floor(i / WIDTH)) ? 250 : 40,
  ),
};

function isPlanted(x: number, y: number): boolean {
  return x >= PLANTED.x && x < PLANTED.x + 2 && y >= PLANTED.y && y < PLANTED.y + 2;
}

/** A quarter of confidence for each bright pixel. */
async function score(pictures: readonly Uint8Array[]): Promise<number[]> {
  return pictures.map((bytes) => bytes.filter((byte) => byte > 200).length / 4);
}

const options = { pixels, confidence: 1, score, colour: [40], batch: 5 };

describe('occlusion', () => {
  it('finds the planted place at every size, and loses there exactly what was planted', async () => {
    const levels = await occlude({ ...options, sides: [4, 2], refine: 0 });
    for (const level of levels) {
      const most = Math.max(...level.patches.map(({ loss }) => loss));
      expect(most).toBe(1);
      const map = lossMap(level, WIDTH, HEIGHT);
      const peak = map.indexOf(Math.max(...map));
      // The place is known as well as a patch is small.
      expect(Math.abs((peak % WIDTH) - PLANTED.x)).toBeLessThan(level.side);
      expect(Math.abs(Math.floor(peak / WIDTH) - PLANTED.y)).toBeLessThan(level.side);
      // Where no patch touches it, nothing is lost.
      expect(map[0]).toBe(0);
    }
    // Of a patch as large as what was planted, the loss is the share that it covers.
    for (const { x, y, loss } of levels[1]?.patches ?? []) {
      const across = Math.max(0, 2 - Math.abs(x - PLANTED.x));
      const down = Math.max(0, 2 - Math.abs(y - PLANTED.y));
      expect(loss).toBeCloseTo((across * down) / 4, 12);
    }
  });

  it('tries smaller patches only where larger ones changed something, and finds the same there', async () => {
    const everywhere = await occlude({ ...options, sides: [4, 2], refine: 0 });
    const refined = await occlude({ ...options, sides: [4, 2], refine: 0.1 });
    const [all, some] = [everywhere[1]?.patches ?? [], refined[1]?.patches ?? []];
    expect(some.length).toBeLessThan(all.length / 3);
    const effective = all.filter(({ loss }) => loss > 0);
    expect(some.filter(({ loss }) => loss > 0)).toEqual(effective);
    expect(effective.length).toBeGreaterThan(0);
  });

  it('shows where a patch helps', async () => {
    const dark = async (pictures: readonly Uint8Array[]) => (await score(pictures)).map((value) => 1 - value);
    const [level] = await occlude({ ...options, score: dark, confidence: 0, sides: [4], refine: 0 });
    expect(Math.min(...(level?.patches ?? []).map(({ loss }) => loss))).toBe(-1);
  });

  it('covers every pixel, whatever the size', () => {
    for (const [width, height] of [
      [24, 16],
      [7, 7],
      [28, 28],
      [3, 9],
    ] as const) {
      for (const side of sidesFor(width, height)) {
        const stride = Math.max(1, Math.floor(side / 2));
        const patches = cornersOf(width, height, side, stride).map((corner) => ({ ...corner, loss: 1 }));
        expect(lossMap({ side, stride, patches }, width, height).every((loss) => loss === 1)).toBe(true);
      }
    }
  });

  it('changes no pixel outside the patch, and none of the picture that it is given', () => {
    const before = Uint8Array.from(pixels.data);
    const changed = occluded(pixels, { x: 22, y: 14 }, 4, [9]);
    expect(pixels.data).toEqual(before);
    expect(changed.filter((byte, i) => byte !== before[i])).toHaveLength(4);
  });
});
