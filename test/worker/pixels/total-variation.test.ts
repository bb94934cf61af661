import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Planes } from '../../../worker/pixels/planes.js';
import { totalVariationSlope } from '../../../worker/pixels/total-variation.js';

const STEP = 1e-5;

/** Total variation by its definition, in double precision; `levels` need not be single. */
function variationOf(
  { width, height, channels }: Planes,
  levels: ArrayLike<number>,
  exponent: number,
): number {
  let total = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (column: number, row: number) => levels[(c * height + row) * width + column] ?? 0;
        const right = x + 1 < width ? at(x + 1, y) - at(x, y) : 0;
        const down = y + 1 < height ? at(x, y + 1) - at(x, y) : 0;
        total += (right ** 2 + down ** 2) ** (exponent / 2);
      }
    }
  }
  return total;
}

function noise(width: number, height: number, channels: 1 | 3): Planes {
  const random = randomFrom(width, 'variation');
  const levels = Float32Array.from({ length: width * height * channels }, () => 255 * random.uniform());
  return { width, height, channels, levels };
}

describe('the derivative of total variation', () => {
  it.each([
    [7, 5, 1, 1.5],
    [4, 6, 3, 1.2],
    [5, 5, 3, 2],
    [1, 3, 1, 1.5],
    [1, 1, 3, 1.5],
  ] as const)(
    'is that of finite differences: %i × %i × %i, exponent %f',
    (width, height, channels, exponent) => {
      const planes = noise(width, height, channels);
      const slope = totalVariationSlope(planes, exponent);
      slope.forEach((found, at) => {
        const moved = Float64Array.from(planes.levels);
        const level = moved[at] ?? 0;
        moved[at] = level + STEP;
        const above = variationOf(planes, moved, exponent);
        moved[at] = level - STEP;
        const expected = (above - variationOf(planes, moved, exponent)) / (2 * STEP);
        expect(Math.abs(found - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
      });
    },
  );

  it('is 0 where a picture is flat', () => {
    const flat = { ...noise(6, 4, 3), levels: new Float32Array(72).fill(90) };
    expect(totalVariationSlope(flat, 1.5).every((value) => value === 0)).toBe(true);
  });
});
