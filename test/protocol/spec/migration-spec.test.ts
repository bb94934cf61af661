import { describe, expect, it } from 'vitest';
import { eliteCount, migrationSchema } from '../../../protocol/spec/migration-spec.js';

describe('a rate of migration', () => {
  it.each([
    [1, 1000, 1],
    [30, 10, 30],
    ['100%', 1000, 1000],
    ['25%', 1000, 250],
    ['25%', 3, 1],
    ['0.1%', 1000, 1],
    ['0.000001%', 1000, 1],
    ['50%', 5, 3],
    ['50%', 0, 1],
  ] as const)('%s of an island with %i filled cells is %i elites', (rate, filled, elites) => {
    expect(migrationSchema.shape.rate.parse(rate)).toBe(rate);
    expect(eliteCount(rate, filled)).toBe(elites);
  });
});

describe('a topology', () => {
  it.each(['full', 'ring', 'torus', 'star', 'none', 'random:1', 'random:64'])('may be %s', (topology) => {
    expect(migrationSchema.shape.topology.parse(topology)).toBe(topology);
  });
});
