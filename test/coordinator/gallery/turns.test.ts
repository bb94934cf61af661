import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../coordinator/gallery/turns.js';

describe('turns', () => {
  it('come one after the other, whether the one before succeeds or not', async () => {
    const turns = createTurns(() => 0, 10);
    const order: number[] = [];
    const work = (number: number) => () => {
      order.push(number);
      if (number === 2) throw new Error('no luck');
      return number;
    };
    const results = await Promise.allSettled([1, 2, 3].map((number) => turns.take(work(number))));
    expect(order).toEqual([1, 2, 3]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('leave the run as much time as they take', async () => {
    let now = 0;
    const turns = createTurns(() => now, 10);
    const began: number[] = [];
    const work = () => {
      began.push(performance.now());
      // So long did it take, by the clock that it is given.
      now += 50;
    };
    await Promise.all([turns.take(work), turns.take(work)]);
    expect((began[1] ?? 0) - (began[0] ?? 0)).toBeGreaterThan(45);
  });

  it('are for a limited number at a time, and for others when those are done', async () => {
    const turns = createTurns(() => 0, 2);
    const all = [turns.take(() => 1), turns.take(() => 2), turns.take(() => 3)];
    expect(await Promise.all(all)).toEqual([1, 2, undefined]);
    expect(await turns.take(() => 4)).toBe(4);
  });
});
