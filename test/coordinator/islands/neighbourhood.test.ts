import { describe, expect, it } from 'vitest';
import { createNeighbourhood } from '../../../coordinator/islands/neighbourhood.js';

function start(members: number[], suspects: number[] = []) {
  const told: [number, readonly number[]][] = [];
  const neighbourhood = createNeighbourhood({
    topology: 'ring',
    seed: 1,
    members: () => members,
    suspects: () => suspects,
    tell: (island, neighbours) => told.push([island, neighbours]),
  });
  return { neighbourhood, told };
}

describe('a neighbourhood', () => {
  it('tells every island of a new suspect, also islands whose neighbours stay the same', () => {
    const suspects: number[] = [];
    const { neighbourhood, told } = start([0, 1], suspects);
    neighbourhood.change();
    neighbourhood.renew();
    suspects.push(2);
    neighbourhood.change();
    neighbourhood.renew();
    expect(told.slice(2)).toEqual([
      [0, [1]],
      [1, [0]],
    ]);
  });

  it('tells islands whose neighbours have changed, once for any number of changes', () => {
    const members = [0, 1, 2, 3, 4, 5];
    const { neighbourhood, told } = start(members);
    for (const island of members) neighbourhood.introduce(island);
    members.push(6);
    expect(neighbourhood.introduce(6)).toEqual([0, 5]);
    neighbourhood.change();
    neighbourhood.change();
    neighbourhood.renew();
    expect(told).toEqual([
      [0, [1, 6]],
      [5, [4, 6]],
    ]);
    neighbourhood.renew();
    expect(told).toHaveLength(2);
  });

  it('tells an island again that may have missed it', () => {
    const { neighbourhood, told } = start([0, 1]);
    neighbourhood.change();
    neighbourhood.renew();
    neighbourhood.forget(1);
    neighbourhood.renew();
    expect(told).toEqual([
      [0, [1]],
      [1, [0]],
      [1, [0]],
    ]);
  });

  it('says what joining costs: a thousand islands that join between two looks are told once each', () => {
    const members: number[] = [];
    const { neighbourhood, told } = start(members);
    for (let island = 0; island < 1000; island++) {
      members.push(island);
      neighbourhood.change();
      neighbourhood.introduce(island);
    }
    neighbourhood.renew();
    expect(told.length).toBeLessThanOrEqual(1000);
  });
});
