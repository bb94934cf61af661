import { describe, expect, it } from 'vitest';
import {
  enlargedDifference,
  limitsOf,
  mostLooks,
  type Network,
  search,
  type Wanted,
} from '../../../ops/lab/perturbation/search.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { sizeOfChange } from '../../../worker/perturbation/change.js';
import type { Planes } from '../../../worker/pixels/planes.js';
import { halfSpace } from '../../worker/perturbation/half-space.js';

const look = (wanted: Wanted, margin = 12) => {
  const { network, picture, difference } = halfSpace(margin, 3);
  const random = randomFrom(5, wanted.method);
  return { picture, difference, found: search(wanted, { network, picture, classId: 1, random }) };
};

describe('the search for the smallest change', () => {
  it('finds the distance of a half-space, to a level: margin / ‖w‖₁', async () => {
    const { picture, difference, found } = look({ method: 'gradient', norm: 'linf', steps: 20 });
    const { planes, reached } = await found;
    const distance = (255 * 12) / difference.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(reached).toBe(true);
    const { linf } = sizeOfChange(picture, planes);
    expect(linf).toBeGreaterThanOrEqual(distance);
    expect(linf).toBeLessThanOrEqual(Math.ceil(distance) + 1);
    expect(planes.levels.every(Number.isInteger)).toBe(true);
  });

  it('finds it to a fiftieth in the sum of squares: margin / ‖w‖₂', async () => {
    const { picture, difference, found } = look({ method: 'gradient', norm: 'l2', steps: 20 });
    const { planes, reached } = await found;
    const distance = (255 * 12) / Math.sqrt(difference.reduce((sum, value) => sum + value * value, 0));
    expect(reached).toBe(true);
    const { l2 } = sizeOfChange(picture, planes);
    expect(l2 / distance).toBeGreaterThan(0.98);
    expect(l2 / distance).toBeLessThan(1.02 + 2 / distance);
  });

  it('counts the looks that it says', async () => {
    for (const wanted of [
      { method: 'gradient', norm: 'linf', steps: 7 },
      { method: 'gradient', norm: 'l2', steps: 7 },
      { method: 'square', bound: 12, looks: 300 },
      { method: 'pixels', count: 2, looks: 300 },
    ] satisfies Wanted[]) {
      const { network, picture } = halfSpace(12, 3);
      let shown = 0;
      const counting: Network = {
        ...network,
        classify: (tensor, count) => {
          shown += count;
          return network.classify(tensor, count);
        },
        gradient: (tensor, count, classIds) => {
          shown += count;
          return network.gradient?.(tensor, count, classIds) ?? Promise.reject(new Error('no gradient'));
        },
      };
      const random = randomFrom(5, 'looks');
      const { looks } = await search(wanted, { network: counting, picture, classId: 1, random });
      expect(looks).toBe(shown);
      expect(looks).toBeLessThanOrEqual(mostLooks(wanted, picture));
    }
  });

  it('is not content with what the gradient alone takes for the class', async () => {
    const { network, picture } = halfSpace(12, 3);
    // It rounds in another way: for it each picture is a little further away.
    const stricter = halfSpace(14, 3).network;
    const { classify } = stricter;
    const both = (one: Network) =>
      search(
        { method: 'gradient', norm: 'linf', steps: 20 },
        { network: one, picture, classId: 1, random: randomFrom(1, 'unused') },
      );
    const found = await both({ ...network, classify });
    expect(found.reached).toBe(true);
    const [rest = 0, wanted = 0] = await classify(
      found.planes.levels.map((level) => level / 255),
      1,
    );
    expect(wanted).toBeGreaterThan(rest);
  });

  it('gives the most confident picture where no bound is wide enough', async () => {
    for (const norm of ['linf', 'l2'] as const) {
      const { picture, found } = look({ method: 'gradient', norm, steps: 5 }, 120);
      const { planes, reached } = await found;
      expect(reached).toBe(false);
      expect(sizeOfChange(picture, planes)[norm]).toBeGreaterThan(limitsOf(norm, picture).most / 2);
    }
  });

  it('works without a gradient by squares and by pixels, and says that it cannot by gradient', async () => {
    const { gradient: _, ...blind } = halfSpace(2, 3).network;
    const { picture } = halfSpace(2, 3);
    const ask = (wanted: Wanted) =>
      search(wanted, { network: blind, picture, classId: 1, random: randomFrom(2, 'blind') });
    expect((await ask({ method: 'square', bound: 20, looks: 2000 })).reached).toBe(true);
    const few = await ask({ method: 'pixels', count: 4, looks: 4000 });
    expect(few.reached).toBe(true);
    expect(sizeOfChange(picture, few.planes).pixels).toBeLessThanOrEqual(4);
    await expect(ask({ method: 'gradient', norm: 'l2', steps: 1 })).rejects.toThrow(/no gradient/);
  });
});

it('a difference is shown about mid-grey, enlarged, and cut at black and white', () => {
  const at = (...levels: number[]): Planes => ({
    width: levels.length,
    height: 1,
    channels: 1,
    levels: Float32Array.from(levels),
  });
  const shown = enlargedDifference(at(10, 10, 10, 200, 0), at(10, 12, 5, 100, 255), 20);
  expect([...shown.levels]).toEqual([128, 168, 28, 0, 255]);
});
