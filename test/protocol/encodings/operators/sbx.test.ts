import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { GENE_MAX } from '../../../../protocol/encodings/operators/genes.js';
import { crossSbx, sbxSpread } from '../../../../protocol/encodings/operators/sbx.js';

const gene = fc.oneof(fc.integer({ min: 0, max: GENE_MAX }), fc.constantFrom(0, 1, GENE_MAX - 1, GENE_MAX));
const pairs = fc.array(fc.tuple(gene, gene), { minLength: 1, maxLength: 200 });
const eta = fc.constantFrom(0, 1, 10, 100);

describe('simulated binary crossover', () => {
  it('keeps the sum of every pair of genes, and both within bounds', () => {
    fc.assert(
      fc.property(pairs, eta, fc.nat(), (genes, index, seed) => {
        const a = Uint16Array.from(genes, ([one]) => one);
        const b = Uint16Array.from(genes, ([, two]) => two);
        const [first, second] = crossSbx(a, b, index, randomFrom(seed));
        // A gene beyond 16 bits would have wrapped, and the sum with it.
        genes.forEach(([one, two], i) => {
          expect((first[i] ?? 0) + (second[i] ?? 0)).toBe(one + two);
        });
      }),
    );
  });

  it('leaves equal genes alone (the released code greyed them)', () => {
    const same = Uint16Array.from({ length: 1000 }, (_, i) => i * 65);
    const [first, second] = crossSbx(same, same.slice(), 10, randomFrom(1));
    expect(first).toEqual(same);
    expect(second).toEqual(same);
  });

  it('crosses about half of the genes that differ, and is fair to both children', () => {
    const a = new Uint16Array(20_000).fill(20_000);
    const b = new Uint16Array(20_000).fill(45_000);
    const [first, second] = crossSbx(a, b, 10, randomFrom(2));
    const kept = first.filter((value) => value === 20_000).length;
    // Crossed genes that come back to the very same value are rare.
    expect(Math.abs(kept - 10_000)).toBeLessThan(500);
    const near = (genes: Uint16Array, value: number) =>
      genes.filter((other, i) => first[i] !== 20_000 && Math.abs(other - value) < 12_500).length;
    expect(Math.abs(near(first, 20_000) - near(second, 20_000))).toBeLessThan(500);
  });

  it('does not touch the parents, and wants them of one length', () => {
    const a = Uint16Array.of(1, 2, 3);
    const b = Uint16Array.of(9, 8, 7);
    crossSbx(a, b, 1, randomFrom(3));
    expect([...a, ...b]).toEqual([1, 2, 3, 9, 8, 7]);
    expect(() => crossSbx(a, b.slice(1), 1, randomFrom(3))).toThrow(RangeError);
  });

  it('spreads as Deb and Agrawal say: half contracts and half expands where bounds are far', () => {
    // Far bounds: α = 2, u = ½ is the parents' own distance; the quantiles are (2u)^(1/11) and (2(1−u))^(−1/11).
    const far = (u: number) => sbxSpread(u, 0.4999, 0.5001, 10);
    expect(far(0)).toBe(0);
    expect(far(0.5)).toBeCloseTo(1, 6);
    expect(far(0.25)).toBeCloseTo(0.5 ** (1 / 11), 6);
    expect(far(0.75)).toBeCloseTo(0.5 ** (-1 / 11), 6);
  });

  it('spreads no further than the nearer bound', () => {
    expect(sbxSpread(1 - 1e-12, 0.1, 0.5, 10)).toBeCloseTo(1.5, 6);
    // A parent on the bound: the children lie between their parents.
    expect(sbxSpread(1 - 1e-12, 0, 0.5, 10)).toBeLessThanOrEqual(1);
  });
});
