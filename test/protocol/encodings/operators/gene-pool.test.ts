import { expect, it } from 'vitest';
import { createGenePool } from '../../../../protocol/encodings/operators/gene-pool.js';

it('a copy is equal and its own, whether its memory is new or was given back', () => {
  const pool = createGenePool(2);
  const genes = Uint16Array.of(1, 2, 3);
  const first = pool.copy(genes);
  first[0] = 9;
  expect([...genes]).toEqual([1, 2, 3]);
  pool.giveBack(first);
  const second = pool.copy(genes);
  expect(second).toBe(first);
  expect([...second]).toEqual([1, 2, 3]);
  pool.giveBack(second);
  expect([...pool.copy(Uint16Array.of(4, 5))]).toEqual([4, 5]);
});

it('never holds more than its limit', () => {
  const pool = createGenePool(1);
  const [kept, dropped] = [new Uint16Array(4), new Uint16Array(4)];
  pool.giveBack(kept);
  pool.giveBack(dropped);
  const genes = new Uint16Array(4);
  expect(pool.copy(genes)).toBe(kept);
  expect(pool.copy(genes)).not.toBe(dropped);
});
