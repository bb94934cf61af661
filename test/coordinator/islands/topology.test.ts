import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotaOf } from '../../../coordinator/islands/quota.js';
import { neighboursOf } from '../../../coordinator/islands/topology.js';
import type { Topology } from '../../../protocol/spec/topology.js';

const members = fc.uniqueArray(fc.nat(60), { maxLength: 30 });
const seed = fc.nat(1000);
const symmetric = fc.constantFrom<Topology>('full', 'ring', 'torus', 'star', 'none');
const random = fc.integer({ min: 1, max: 9 }).map((degree): Topology => `random:${degree}`);
const connected = fc.oneof(fc.constantFrom<Topology>('full', 'ring', 'torus', 'star'), random);

describe('a topology', () => {
  it('is among members only, without loops, whatever order the members come in', () => {
    fc.assert(
      fc.property(fc.oneof(symmetric, random), seed, members, fc.nat(60), (kind, from, islands, island) => {
        const neighbours = neighboursOf(kind, from, islands, island);
        expect(neighboursOf(kind, from, [...islands].reverse(), island)).toEqual(neighbours);
        expect(neighbours).toEqual([...new Set(neighbours)].sort((a, b) => a - b));
        expect(neighbours).not.toContain(island);
        for (const other of neighbours) expect(islands).toContain(other);
        if (!islands.includes(island)) expect(neighbours).toEqual([]);
      }),
    );
  });

  it('is symmetric, unless it is random', () => {
    fc.assert(
      fc.property(symmetric, seed, members, (kind, from, islands) => {
        for (const island of islands) {
          for (const other of neighboursOf(kind, from, islands, island)) {
            expect(neighboursOf(kind, from, islands, other)).toContain(island);
          }
        }
      }),
    );
  });

  it('reaches everyone from anyone, unless it is none', () => {
    fc.assert(
      fc.property(connected, seed, members, fc.nat(29), (kind, from, islands, start) => {
        const reached = new Set(islands.slice(start % Math.max(1, islands.length)).slice(0, 1));
        for (const island of reached) {
          for (const next of neighboursOf(kind, from, islands, island)) reached.add(next);
        }
        expect(reached.size).toBe(islands.length);
      }),
    );
  });

  it.each([
    ['ring', 2],
    ['torus', 4],
    ['random:1', 1],
    ['random:5', 5],
  ] as const)(
    '%s gives nobody more than %i neighbours, and nobody fewer where there are many',
    (kind, degree) => {
      fc.assert(
        fc.property(seed, members, (from, islands) => {
          for (const island of islands) {
            const { length } = neighboursOf(kind, from, islands, island);
            expect(length).toBeLessThanOrEqual(degree);
            if (kind !== 'torus') expect(length).toBe(Math.min(degree, islands.length - 1));
          }
        }),
      );
    },
  );

  it('draws with random:k so that who comes or goes changes nothing but itself and one other', () => {
    fc.assert(
      fc.property(random, seed, members, fc.nat(60), (kind, from, islands, visitor) => {
        const without = islands.filter((island) => island !== visitor);
        for (const island of without) {
          const before = neighboursOf(kind, from, without, island);
          const after = neighboursOf(kind, from, [...without, visitor], island);
          const fresh = after.filter((other) => !before.includes(other));
          const gone = before.filter((other) => !after.includes(other));
          expect([[], [visitor]]).toContainEqual(fresh);
          expect(gone.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('draws with random:k by the seed, and about evenly', () => {
    const islands = Array.from({ length: 40 }, (_, i) => i);
    const all = (from: number) => islands.map((island) => neighboursOf('random:4', from, islands, island));
    expect(all(1)).toEqual(all(1));
    expect(all(1)).not.toEqual(all(2));
    const chosen = islands.map((island) => all(1).filter((neighbours) => neighbours.includes(island)).length);
    // Three of four are drawn from 38: each island is chosen about three times, and once as the next.
    expect(Math.max(...chosen)).toBeLessThan(13);
  });

  it.each([
    ['full', [0, 1, 2, 3], 1, [0, 2, 3]],
    ['ring', [0, 1, 2, 3], 0, [1, 3]],
    ['ring', [7, 2, 5], 7, [2, 5]],
    ['ring', [0, 1], 0, [1]],
    ['ring', [0], 0, []],
    ['torus', [0, 1, 2, 3, 4, 5, 6, 7, 8], 0, [1, 2, 3, 6]],
    ['torus', [0, 1, 2, 3, 4, 5, 6, 7, 8], 4, [1, 3, 5, 7]],
    // 0 1 2 / 3 4 5 / 6: what stands above a gap has one neighbour there, and 6 none beside it.
    ['torus', [0, 1, 2, 3, 4, 5, 6], 6, [0, 3]],
    ['torus', [0, 1, 2, 3, 4, 5, 6], 4, [1, 3, 5]],
    // 0 1 2 3 / 4 5 6 7 / 8 9 10 11 / 12: a column that ends above the gap goes round without it.
    ['torus', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1, [0, 2, 5, 9]],
    ['torus', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 0, [1, 3, 4, 12]],
    ['torus', [0], 0, []],
    ['star', [4, 2, 9], 2, [4, 9]],
    ['star', [4, 2, 9], 9, [2]],
    ['random:1', [4, 2, 9], 9, [2]],
    ['random:64', [0, 1, 2], 1, [0, 2]],
    ['none', [0, 1, 2], 1, []],
    ['full', [0, 1], 9, []],
  ] as const)('%s of %j: the neighbours of %i are %j', (kind, islands, island, expected) => {
    expect(neighboursOf(kind, 1, islands, island)).toEqual(expected);
  });
});

describe('shares of the budget', () => {
  it('add up to it, are even, and give the remainder to the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(100_000), (islands, extra) => {
        const budget = islands + extra;
        const shares = Array.from({ length: islands }, (_, island) => quotaOf(budget, islands, island));
        expect(shares.reduce((sum, share) => sum + share)).toBe(budget);
        expect(new Set(shares.slice(1)).size).toBeLessThan(2);
        expect(shares[0]).toBe(Math.max(...shares));
      }),
    );
  });

  it('are 0 only where there is no limit', () => {
    expect([0, 1].map((island) => quotaOf(0, 2, island))).toEqual([0, 0]);
    expect([0, 1, 2].map((island) => quotaOf(2, 3, island))).toEqual([2, 1, 1]);
  });
});
