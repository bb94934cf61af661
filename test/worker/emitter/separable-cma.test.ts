import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { readCmaState, writeCmaState } from '../../../worker/emitter/cma-state.js';
import {
  generationSize,
  learn,
  type SearchDistribution,
  startAt,
} from '../../../worker/emitter/separable-cma.js';

const N = 12;

/** Searches for the least value of `height`; the distribution after so many generations. */
function search(height: (x: Float32Array) => number, generations: number): SearchDistribution {
  const random = randomFrom(1, 'cma');
  let at = startAt(new Float32Array(N).fill(1), 0.3);
  for (let generation = 0; generation < generations; generation++) {
    const { mean, diagonal, sigma } = at;
    const offspring = Array.from({ length: generationSize(N) }, () =>
      mean.map((value, i) => value + sigma * Math.sqrt(diagonal[i] as number) * standardNormal(random)),
    );
    at = learn(
      at,
      offspring.sort((a, b) => height(a) - height(b)),
    );
  }
  return at;
}

const sphere = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
const ellipsoid = (x: Float32Array) =>
  x.reduce((sum, value, i) => sum + 1000 ** (i / (N - 1)) * value * value, 0);

describe('separable CMA-ES', () => {
  it('finds the lowest point of a sphere, with steps that shrink as it comes near', () => {
    const { mean, sigma, diagonal } = search(sphere, 120);
    expect(sphere(mean)).toBeLessThan(1e-6);
    expect(sigma * Math.sqrt(Math.max(...diagonal))).toBeLessThan(0.01);
  });

  it('learns that a valley is a thousand times as steep in one direction as in another', () => {
    const { mean, diagonal } = search(ellipsoid, 250);
    expect(ellipsoid(mean)).toBeLessThan(1e-4);
    expect((diagonal[0] as number) / (diagonal[N - 1] as number)).toBeGreaterThan(20);
  });

  it('has as many offspring a generation as Hansen says', () => {
    expect([10, 100, 1524].map(generationSize)).toEqual([10, 17, 25]);
  });

  it('goes on the same from what was saved', () => {
    const distribution = search(sphere, 10);
    const state = { classId: 7, digest: 'ab'.repeat(32), distribution };
    expect(readCmaState(writeCmaState(state), N)).toEqual(state);
    expect(() => readCmaState(writeCmaState(state), N + 1)).toThrow('not a state');
    expect(() => readCmaState(Uint8Array.of(2), N)).toThrow('not a state');
  });
});
