import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import {
  mutateUnit,
  polynomialCdf,
  polynomialDelta,
} from '../../../../protocol/encodings/operators/polynomial.js';

describe('polynomial mutation', () => {
  it('is the formula of the paper: eta 15 at these points', () => {
    expect(polynomialDelta(0, 15)).toBe(-1);
    expect(polynomialDelta(0.5, 15)).toBe(0);
    expect(polynomialDelta(1, 15)).toBe(1);
    // (2 · ¼)^(1/16) − 1.
    expect(polynomialDelta(0.25, 15)).toBeCloseTo(-0.0423967, 6);
    expect(polynomialDelta(0.75, 15)).toBeCloseTo(0.0423967, 6);
  });

  it('has the cumulative probabilities that go with it', () => {
    const random = randomFrom(1);
    for (const eta of [0, 1, 15, 100]) {
      const sizes = Array.from({ length: 20_000 }, () => Math.abs(polynomialDelta(random.uniform(), eta)));
      for (const size of [0.01, 0.05, 0.1, 0.3, 0.9]) {
        const share = sizes.filter((other) => other <= size).length / sizes.length;
        // Standard deviation at most .0036.
        expect(Math.abs(share - polynomialCdf(size, eta))).toBeLessThan(0.018);
      }
    }
  });

  it('has mean 0 and variance 2 / ((eta + 2)(eta + 3))', () => {
    const random = randomFrom(2);
    const steps = Array.from({ length: 100_000 }, () => polynomialDelta(random.uniform(), 15));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    const variance = steps.reduce((sum, step) => sum + step * step, 0) / steps.length;
    expect(Math.abs(mean)).toBeLessThan(0.0013);
    expect(variance / (2 / (17 * 18))).toBeCloseTo(1, 1);
  });

  it('stays within 0 … 1', () => {
    const random = randomFrom(3);
    const mutated = Array.from({ length: 10_000 }, (_, i) => mutateUnit(i % 2, 1, random));
    expect(Math.min(...mutated)).toBe(0);
    expect(Math.max(...mutated)).toBe(1);
  });
});
