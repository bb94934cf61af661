import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../coordinator/gallery/page/api.js';
import { createErrands } from '../../../coordinator/gallery/page/run/errands.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('errands', () => {
  it('are so many at a time, however many wait, the most urgent first', async () => {
    const errands = createErrands(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3, 4].map((urgency) =>
      errands.run(() => {
        begun.push(urgency);
        return new Promise<void>((resolve) => ends.push(resolve));
      }, urgency),
    );
    await settle();
    expect(begun).toEqual([0, 1]);
    for (const wanted of [4, 3, 2]) {
      ends.shift()?.();
      await settle();
      expect(begun.at(-1)).toBe(wanted);
    }
    for (const end of ends) end();
    await Promise.all(all);
  });

  it('are run again while the server is busy, and not where it refuses', async () => {
    const rests: number[] = [];
    const errands = createErrands(1, async () => rests.push(1));
    let calls = 0;
    const busyTwice = async () => {
      calls++;
      if (calls < 3) throw new ApiError(calls === 1 ? 503 : 429, 'busy');
      return 'a picture';
    };
    expect(await errands.run(busyTwice, 0)).toBe('a picture');
    expect(rests.length).toBe(2);
    await expect(errands.run(() => Promise.reject(new ApiError(404, 'none')), 0)).rejects.toThrow('none');
    expect(await errands.run(async () => 1, 0)).toBe(1);
  });

  it('are dropped when they are called off before their turn, and end when called off while the server is busy', async () => {
    const errands = createErrands(1, settle);
    const first = new AbortController();
    const busy = errands.run(() => Promise.reject(new ApiError(503, 'busy')), 0, first.signal);
    const second = new AbortController();
    let asked = false;
    const waiting = errands.run(
      async () => {
        asked = true;
      },
      0,
      second.signal,
    );
    await settle();
    second.abort();
    await expect(waiting).rejects.toBe(second.signal.reason);
    first.abort();
    await expect(busy).rejects.toBe(first.signal.reason);
    expect(asked).toBe(false);
  });
});
