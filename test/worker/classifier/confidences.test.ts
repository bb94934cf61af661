import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDistribution, softmax } from '../../../worker/classifier/confidences.js';

/** The definition, in plain numbers; overflows where logits are great. */
function definition(row: readonly number[]): number[] {
  const powers = row.map((x) => Math.exp(x));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const logit = fc.float({ min: -80, max: 80, noNaN: true });
const rows = fc
  .integer({ min: 1, max: 12 })
  .chain((classes) =>
    fc.array(fc.array(logit, { minLength: classes, maxLength: classes }), { minLength: 1, maxLength: 4 }),
  );

describe('softmax', () => {
  it('is its definition, row by row', () => {
    fc.assert(
      fc.property(rows, (table) => {
        const classes = table[0]?.length ?? 0;
        const found = softmax(Float32Array.from(table.flat()), classes);
        const expected = table.flatMap((row) => definition(row.map(Math.fround)));
        found.forEach((value, i) => {
          expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(1e-7);
        });
        expect(isDistribution(found, classes, 1e-6)).toBe(true);
      }),
    );
  });

  it('neither overflows nor vanishes for logits of any size', () => {
    const found = softmax(Float32Array.of(3e38, 3e38, -3e38, 1e30), 4);
    expect([...found]).toEqual([0.5, 0.5, 0, 0]);
    expect([...softmax(Float32Array.of(-1e38, -1e38), 2)]).toEqual([0.5, 0.5]);
  });

  it('never exceeds 1, where the archive would refuse it', () => {
    expect(Math.max(...softmax(Float32Array.of(100, 0, 0), 3))).toBe(1);
  });
});

describe('a distribution', () => {
  it('is told from logits', () => {
    expect(isDistribution(Float32Array.of(0.25, 0.75, 1, 0), 2, 1e-3)).toBe(true);
    expect(isDistribution(Float32Array.of(0.25, 0.75, 0.9, 0.2), 2, 1e-3)).toBe(false);
    expect(isDistribution(Float32Array.of(1.5, -0.5), 2, 1e-3)).toBe(false);
    expect(isDistribution(Float32Array.of(Number.NaN, 1), 2, 1e-3)).toBe(false);
  });
});
