import { describe, expect, it } from 'vitest';
import { ablate, copyNumbers, keep, paste } from '../../../ops/lab/ablation/ablation.js';
import { cutLattice } from '../../../ops/lab/ablation/lattice.js';
import { autocorrelation, findRepetition } from '../../../ops/lab/ablation/repetition.js';
import { lumaOf, medianColour } from '../../../ops/lab/images/median-colour.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';

/** A grey picture whose pixels are given by a function. */
function picture(width: number, height: number, at: (x: number, y: number) => number): Pixels {
  const data = Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
  return { width, height, channels: 1, data };
}

/** A bright 3 × 2 block on dark ground, every 9 pixels across and every 7 down, with a little noise. */
function planted(noise = 0): Pixels {
  const random = randomFrom(1, 'planted');
  return picture(54, 49, (x, y) => {
    const isBlock = x % 9 >= 3 && x % 9 < 6 && y % 7 >= 3 && y % 7 < 5;
    return (isBlock ? 200 : 20) + random.below(noise + 1);
  });
}

const luma = (pixels: Pixels) => ({ width: pixels.width, height: pixels.height, values: lumaOf(pixels) });

/** Of a picture, the confidence of a network that counts bright pixels: σ(bright / 6 − 20). */
async function countBright(pictures: readonly Uint8Array[]): Promise<number[]> {
  return pictures.map((bytes) => {
    const bright = bytes.filter((byte) => byte > 128).length;
    return 1 / (1 + Math.exp(20 - bright / 6));
  });
}

describe('what repeats in a picture', () => {
  it('is found with the period that was planted, under noise too', () => {
    for (const noise of [0, 30]) {
      const found = findRepetition(luma(planted(noise)));
      expect(found?.shifts).toEqual([
        [0, 7],
        [9, 0],
      ]);
      expect(found?.correlation).toBeGreaterThan(0.9);
    }
  });

  it('is one shift where there are stripes, whichever way they lie', () => {
    const stripes = (of: (x: number, y: number) => number) =>
      findRepetition(luma(picture(60, 60, (x, y) => 128 + 100 * Math.sin(2 * Math.PI * of(x, y)))))?.shifts;
    expect(stripes((x) => x / 10)).toEqual([[10, 0]]);
    expect(stripes((_, y) => y / 12)).toEqual([[0, 12]]);
  });

  it('has a period in fractions of a pixel', () => {
    const found = findRepetition(
      luma(picture(120, 40, (x) => 128 + 100 * Math.sin((2 * Math.PI * x) / 8.4))),
    );
    expect(found?.shifts).toHaveLength(1);
    expect(found?.shifts[0][0]).toBeCloseTo(8.4, 1);
  });

  it('is nothing in noise, in a picture of one colour, and in one large shape', () => {
    const random = randomFrom(2, 'noise');
    const nothing = [
      picture(40, 40, () => random.below(256)),
      picture(40, 40, () => 77),
      picture(40, 40, (x, y) => (Math.hypot(x - 20, y - 20) < 12 ? 220 : 10)),
    ];
    expect(nothing.map((each) => findRepetition(luma(each)))).toEqual([undefined, undefined, undefined]);
  });

  it('is measured as Pearson does: the likeness under a shift of nothing is 1', () => {
    const likeness = autocorrelation(luma(planted(20)));
    expect(likeness.at(0, 0)).toBeCloseTo(1, 10);
    expect(likeness.at(5, 3)).toBe(likeness.at(-5, -3));
    expect(likeness.at(28, 0)).toBeNaN();
  });
});

describe('a lattice', () => {
  const pixels = planted();
  const colour = medianColour(pixels);
  const lattice = cutLattice(
    pixels,
    findRepetition(luma(pixels)) ?? { shifts: [[1, 0]], correlation: 0 },
    colour,
  );

  it('has a tile for each copy, and no element is cut', () => {
    expect(colour).toEqual([20]);
    expect(lattice.tiles).toBe(42);
    const bright = (tile: number) =>
      pixels.data.filter((byte, i) => byte > 128 && lattice.tileOf[i] === tile).length;
    expect(Array.from({ length: 42 }, (_, tile) => bright(tile))).toEqual(new Array(42).fill(6));
  });

  it('gives the picture as it is where all copies are kept, and one colour where none is', () => {
    const all = new Set(Array.from({ length: lattice.tiles }, (_, i) => i));
    expect(keep(pixels, lattice, colour, all)).toEqual(pixels.data);
    expect(new Set(keep(pixels, lattice, colour, new Set()))).toEqual(new Set([20]));
  });

  it('gives the same picture again when one copy is pasted everywhere', () => {
    expect(paste(pixels, lattice, colour, 5, lattice.tiles)).toEqual(pixels.data);
    expect(paste(pixels, lattice, colour, 5, 1)).toEqual(keep(pixels, lattice, colour, new Set([5])));
  });

  it('shows that a network that counts copies counts them: the confidence is the one that is solved by hand', async () => {
    const run = () =>
      ablate({
        pixels,
        lattice,
        colour,
        score: countBright,
        orders: 3,
        random: randomFrom(4, 'ablation'),
        batch: 7,
      });
    const { counts, alone } = await run();
    // A copy has six bright pixels: σ(n − 20).
    const expected = (n: number) => 1 / (1 + Math.exp(20 - n));
    expect(alone).toBeCloseTo(expected(1), 12);
    expect(counts.map(({ copies }) => copies)).toEqual(copyNumbers(42));
    for (const { copies, kept, least, greatest, pasted } of counts) {
      for (const found of [kept, least, greatest, pasted]) expect(found).toBeCloseTo(expected(copies), 12);
    }
    expect(await run()).toEqual({ counts, alone, best: expect.any(Number) });
  });

  it('is looked at with at most 41 numbers of copies, none and all among them', () => {
    expect(copyNumbers(3)).toEqual([0, 1, 2, 3]);
    const many = copyNumbers(977);
    expect(many).toHaveLength(41);
    expect([many[0], many.at(-1)]).toEqual([0, 977]);
  });
});
