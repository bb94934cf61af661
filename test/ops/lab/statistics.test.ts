import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedCalibrationError, histogram, reliability } from '../../../ops/lab/statistics/calibration.js';
import { mean, median, quantile, sorted } from '../../../ops/lab/statistics/quantile.js';
import { mannWhitney } from '../../../ops/lab/statistics/rank-test.js';

const verdict = (confidence: number, right: boolean) => ({ confidence, right });

describe('calibration', () => {
  it('is what a calculation by hand gives', () => {
    const verdicts = [
      verdict(0.95, true),
      verdict(0.9, false),
      verdict(0.85, true),
      verdict(0.3, false),
      verdict(0.2, true),
    ];
    const bins = reliability(verdicts, 2);
    expect(bins.map(({ count }) => count)).toEqual([2, 3]);
    expect(bins.map(({ accuracy }) => accuracy)).toEqual([1 / 2, 2 / 3]);
    // (2 · |.5 − .25| + 3 · |2/3 − .9|) / 5
    expect(expectedCalibrationError(bins)).toBeCloseTo((2 * 0.25 + 3 * (0.9 - 2 / 3)) / 5, 12);
  });

  it('puts a confidence at the border of two bins into the lower one, and 0 and 1 into the outer ones', () => {
    const bins = reliability([verdict(0, true), verdict(0.5, true), verdict(1, true)], 2);
    expect(bins.map(({ count }) => count)).toEqual([2, 1]);
    expect(histogram([0, 0.5, 1], 2)).toEqual([2, 1]);
  });

  it('is 0 for a network that is right as often as it says, and of no images', () => {
    const calibrated = Array.from({ length: 10 }, (_, i) => verdict(0.7, i < 7));
    expect(expectedCalibrationError(reliability(calibrated))).toBeCloseTo(0, 12);
    expect(expectedCalibrationError(reliability([]))).toBe(0);
  });

  it('refuses what is no confidence', () => {
    expect(() => reliability([verdict(Number.NaN, true)])).toThrow(RangeError);
    expect(() => reliability([verdict(1.01, true)])).toThrow(RangeError);
  });

  it('lies between 0 and 1, and is at most the difference between accuracy and confidence where all lie in one bin', () => {
    const verdicts = fc.array(
      fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }),
    );
    fc.assert(
      fc.property(verdicts, (each) => {
        const error = expectedCalibrationError(reliability(each));
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('quantiles', () => {
  it('are those of numpy and R', () => {
    expect(quantile(sorted([4, 1, 3, 2]), 0.25)).toBe(1.75);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

/** U and p by looking at every way to part the values. */
function slowly(first: readonly number[], second: readonly number[]): { u: number; p: number } {
  const all = [...first, ...second];
  const uOf = (members: ReadonlySet<number>) => {
    let u = 0;
    all.forEach((a, i) => {
      if (!members.has(i)) return;
      all.forEach((b, j) => {
        if (!members.has(j)) u += a > b ? 1 : a === b ? 0.5 : 0;
      });
    });
    return u;
  };
  const own = uOf(new Set(first.keys()));
  let [below, above, count] = [0, 0, 0];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const members = new Set(all.map((_, i) => i).filter((i) => mask & (1 << i)));
    if (members.size !== first.length) continue;
    const u = uOf(members);
    count++;
    if (u <= own) below++;
    if (u >= own) above++;
  }
  return { u: own, p: Math.min(1, (2 * Math.min(below, above)) / count) };
}

describe('the Mann–Whitney test', () => {
  it('gives the U and the p that SciPy documents', () => {
    const found = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]);
    expect(found.u).toBe(17);
    expect(found.method).toBe('exact');
    expect(found.p).toBeCloseTo(0.1111111, 6);
    expect(found.effect).toBe(17 / 20);
  });

  it('cannot be below .1 with three runs against three', () => {
    expect(mannWhitney([4, 5, 6], [1, 2, 3])).toMatchObject({ u: 9, p: 0.1, effect: 1 });
  });

  it('agrees with counting every way to part the values, equal ones too', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const { u, p } = slowly(first, second);
        const found = mannWhitney(first, second);
        expect(found.u).toBeCloseTo(u, 9);
        expect(found.p).toBeCloseTo(p, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('goes over to the normal distribution for many values, and comes close to the exact p', () => {
    const values = (count: number, shift: number) =>
      Array.from({ length: count }, (_, i) => ((i * 37) % 101) + shift);
    const exact = mannWhitney(values(20, 0), values(20, 14.5));
    const normal = mannWhitney(values(21, 0), values(20, 14.5));
    expect([exact.method, normal.method]).toEqual(['exact', 'normal']);
    expect(Math.abs(exact.p - normal.p)).toBeLessThan(0.06);
    expect(mannWhitney(new Array(50).fill(1), new Array(50).fill(1)).p).toBe(1);
  });

  it('is the other way round when the samples are', () => {
    const [a, b] = [mannWhitney([1, 5, 9], [2, 2]), mannWhitney([2, 2], [1, 5, 9])];
    expect(a.u + b.u).toBe(6);
    expect(a.p).toBeCloseTo(b.p, 12);
    expect(() => mannWhitney([], [1])).toThrow(RangeError);
  });
});
