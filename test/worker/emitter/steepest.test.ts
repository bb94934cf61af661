import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { steepest } from '../../../worker/emitter/steepest.js';

const random = randomFrom(4, 'steepest');
const slopes = (length: number) => Float64Array.from({ length }, () => standardNormal(random));
const MATRICES = [
  { rows: 4, columns: 3 },
  { rows: 3, columns: 7 },
];
const LENGTH = 4 * 3 + 3 * 7;

describe('the direction of steepest descent', () => {
  it('goes down, by as much whatever the gradient’s size', () => {
    for (let trial = 0; trial < 20; trial++) {
      const gradient = slopes(LENGTH);
      for (const matrices of [MATRICES, undefined]) {
        const direction = steepest(gradient, matrices);
        expect(direction.reduce((sum, value, i) => sum + value * (gradient[i] ?? 0), 0)).toBeLessThan(0);
        const size = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0) / LENGTH);
        expect(Math.abs(size - 0.95)).toBeLessThan(0.3);
        const tenfold = steepest(
          gradient.map((slope) => slope * 10),
          matrices,
        );
        for (const [i, value] of direction.entries()) expect(tenfold[i]).toBeCloseTo(value, 9);
      }
    }
  });

  it('of parameters that are no matrices is minus the sign of each', () => {
    expect([...steepest(Float64Array.of(3, -0.1, 0), undefined)]).toEqual([-1, 1, 0]);
  });

  it('of each matrix depends on that matrix alone', () => {
    const gradient = slopes(LENGTH);
    const changed = gradient.map((slope, i) => (i < 12 ? -slope : slope));
    const [before, after] = [steepest(gradient, MATRICES), steepest(changed, MATRICES)];
    expect(after.subarray(12)).toEqual(before.subarray(12));
    for (let i = 0; i < 12; i++) expect(after[i]).toBeCloseTo(-(before[i] ?? 0), 9);
  });

  it('takes what is no number for 0', () => {
    const gradient = slopes(LENGTH);
    const [holed, zeroed] = [gradient.slice(), gradient.slice()];
    for (const at of [0, 13]) [holed[at], zeroed[at]] = [Number.NaN, 0];
    holed[20] = Number.POSITIVE_INFINITY;
    zeroed[20] = 0;
    expect(steepest(holed, MATRICES)).toEqual(steepest(zeroed, MATRICES));
    expect([...steepest(Float64Array.of(Number.NaN, 2), undefined)]).toEqual([0, -1]);
  });
});
