import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { sizeOfChange, within } from '../../../worker/perturbation/change.js';
import { changeFewPixels } from '../../../worker/perturbation/few-pixels.js';
import { descend } from '../../../worker/perturbation/projected-gradient.js';
import { smallestBound } from '../../../worker/perturbation/smallest.js';
import { squareAttack } from '../../../worker/perturbation/square.js';
import type { Planes } from '../../../worker/pixels/planes.js';
import { halfSpace, SIDE } from './half-space.js';

const random = () => randomFrom(7, 'perturbation');

describe('the smallest change that turns a class into the other one of a half-space', () => {
  it('is its distance in the greatest change, to a level: margin / ‖w‖₁', async () => {
    const { network, picture, difference } = halfSpace(12, 2);
    const distance = (255 * 12) / difference.reduce((sum, value) => sum + Math.abs(value), 0);
    const found = await smallestBound(
      async (bound) => {
        const attempt = await descend({ network, picture, classId: 1, norm: 'linf', bound, steps: 20 });
        return attempt.reached ? attempt : undefined;
      },
      { least: 1, most: 64, precision: 1 },
    );
    expect(found?.bound).toBeGreaterThanOrEqual(distance);
    expect(found?.bound).toBeLessThanOrEqual(Math.ceil(distance) + 1);
    expect(sizeOfChange(picture, found?.result.planes as Planes).linf).toBeLessThanOrEqual(found?.bound ?? 0);
  });

  it('is its distance in the sum of squares, to a tenth: margin / ‖w‖₂', async () => {
    const { network, picture, difference } = halfSpace(12, 2);
    const distance = (255 * 12) / Math.sqrt(difference.reduce((sum, value) => sum + value * value, 0));
    const found = await smallestBound(
      async (bound) => {
        const attempt = await descend({ network, picture, classId: 1, norm: 'l2', bound, steps: 20 });
        return attempt.reached ? attempt : undefined;
      },
      { least: 1, most: 4096, precision: 0.5 },
    );
    const size = sizeOfChange(picture, found?.result.planes as Planes).l2;
    expect(size / distance).toBeGreaterThan(0.98);
    expect(size / distance).toBeLessThan(1.1);
  });

  it('is found without a gradient too, if not the smallest', async () => {
    const { network, picture } = halfSpace(12, 2);
    const attempt = await squareAttack({
      network,
      picture,
      classId: 1,
      bound: 24,
      looks: 2000,
      random: random(),
    });
    expect(attempt.reached).toBe(true);
    expect(attempt.looks).toBeLessThanOrEqual(2000);
    expect(sizeOfChange(picture, attempt.planes).linf).toBeLessThanOrEqual(24);
  });

  it('is found in a few pixels', async () => {
    const { network, picture } = halfSpace(1.5, 2);
    const attempt = await changeFewPixels({
      network,
      picture,
      classId: 1,
      pixels: 3,
      population: 40,
      looks: 4000,
      random: random(),
    });
    expect(attempt.reached).toBe(true);
    expect(sizeOfChange(picture, attempt.planes).pixels).toBeLessThanOrEqual(3);
  });
});

describe('an attack that cannot succeed', () => {
  it('says so after the looks that it was given, and stays within its bound', async () => {
    const { network, picture } = halfSpace(500, 2);
    const [square, gradient] = [
      await squareAttack({ network, picture, classId: 1, bound: 2, looks: 50, random: random() }),
      await descend({ network, picture, classId: 1, norm: 'l2', bound: 30, steps: 10 }),
    ];
    expect([square.reached, square.looks]).toEqual([false, 50]);
    expect([gradient.reached, gradient.looks]).toEqual([false, 11]);
    // Whole levels may be half a level further away each.
    expect(sizeOfChange(picture, gradient.planes).l2).toBeLessThan(30 + SIDE / 2);
  });
});

it('a picture is brought within a bound by the shortest way, in both norms', () => {
  const at = (levels: number[]): Planes => ({
    width: levels.length,
    height: 1,
    channels: 1,
    levels: Float32Array.from(levels),
  });
  expect([...within(at([10, 10, 250]), at([30, 9, 300]), 'linf', 8).levels]).toEqual([18, 9, 255]);
  expect([...within(at([0, 0]), at([30, 40]), 'l2', 25).levels]).toEqual([15, 20]);
  expect([...within(at([0, 0]), at([3, 4]), 'l2', 25).levels]).toEqual([3, 4]);
});

it('bisection finds the smallest bound that succeeds, and none where none does', async () => {
  const tried: number[] = [];
  const from = (limit: number) => async (bound: number) => {
    tried.push(bound);
    return bound >= limit ? bound : undefined;
  };
  expect(await smallestBound(from(11), { least: 1, most: 64, precision: 1 })).toEqual({
    bound: 11,
    result: 11,
  });
  expect(tried).toEqual([1, 2, 4, 8, 16, 12, 10, 11]);
  expect(await smallestBound(from(1), { least: 1, most: 64, precision: 1 })).toEqual({ bound: 1, result: 1 });
  expect(await smallestBound(from(65), { least: 1, most: 64, precision: 1 })).toBeUndefined();
});
