import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluationQuota } from '../../coordinator/quota.js';
import { neighboursOf, type Topology } from '../../coordinator/topology.js';

const members = fc.uniqueArray(fc.nat(30), { maxLength: 12 });
const topology = fc.constantFrom<Topology>('full', 'ring', 'none');

describe('a topology', () => {
  it('is symmetric, among members only, without loops, whatever order the members come in', () => {
    fc.assert(
      fc.property(topology, members, fc.nat(30), (kind, islands, island) => {
        const neighbours = neighboursOf(kind, islands, island);
        expect(neighboursOf(kind, [...islands].reverse(), island)).toEqual(neighbours);
        expect(neighbours).toEqual([...new Set(neighbours)].sort((a, b) => a - b));
        expect(neighbours).not.toContain(island);
        for (const other of neighbours) {
          expect(islands).toContain(other);
          expect(neighboursOf(kind, islands, other)).toContain(island);
        }
      }),
    );
  });

  it('reaches everyone from anyone, unless it is none', () => {
    fc.assert(
      fc.property(fc.constantFrom<Topology>('full', 'ring'), members, (kind, islands) => {
        const reached = new Set(islands.slice(0, 1));
        for (const island of reached) {
          for (const next of neighboursOf(kind, islands, island)) reached.add(next);
        }
        expect(reached.size).toBe(islands.length);
      }),
    );
  });

  it.each([
    ['full', [0, 1, 2, 3], 1, [0, 2, 3]],
    ['ring', [0, 1, 2, 3], 0, [1, 3]],
    ['ring', [7, 2, 5], 7, [2, 5]],
    ['ring', [0, 1], 0, [1]],
    ['ring', [0], 0, []],
    ['none', [0, 1, 2], 1, []],
    ['full', [0, 1], 9, []],
  ] as const)('%s of %j: the neighbours of %i are %j', (kind, islands, island, expected) => {
    expect(neighboursOf(kind, islands, island)).toEqual(expected);
  });
});

describe('shares of the budget', () => {
  it('add up to it, are even, and give the remainder to the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(100_000), (islands, extra) => {
        const budget = islands + extra;
        const shares = Array.from({ length: islands }, (_, island) =>
          evaluationQuota(budget, islands, island),
        );
        expect(shares.reduce((sum, share) => sum + share)).toBe(budget);
        expect(new Set(shares.slice(1)).size).toBeLessThan(2);
        expect(shares[0]).toBe(Math.max(...shares));
      }),
    );
  });

  it('are 0 only where there is no limit', () => {
    expect([0, 1].map((island) => evaluationQuota(0, 2, island))).toEqual([0, 0]);
    expect([0, 1, 2].map((island) => evaluationQuota(2, 3, island))).toEqual([2, 1, 1]);
  });
});
