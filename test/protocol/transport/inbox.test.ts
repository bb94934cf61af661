import { describe, expect, it } from 'vitest';
import { createInbox } from '../../../protocol/transport/inbox.js';

async function drain<T>(inbox: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of inbox) items.push(item);
  return items;
}

describe('an inbox', () => {
  it('hands over all that is pushed, in its order, also what comes while it is read, and nothing after its end', async () => {
    const inbox = createInbox<number>();
    inbox.push(1);
    inbox.push(2);
    const items: number[] = [];
    for await (const item of inbox) {
      items.push(item);
      if (item < 4) inbox.push(item + 2);
      else inbox.end();
    }
    inbox.push(7);
    expect(items).toEqual([1, 2, 3, 4, 5]);
  });

  it('wakes its reader for what comes at any moment, also just after it found nothing', async () => {
    const inbox = createInbox<number>();
    const lane = inbox.patient(10);
    for (let ticks = 0; ticks < 10; ticks++) {
      const reading = inbox[Symbol.asyncIterator]().next();
      for (let tick = 0; tick < ticks; tick++) await undefined;
      await lane.put(ticks);
      expect(await reading).toEqual({ done: false, value: ticks });
    }
  });

  it('a lossy lane keeps the newest of each key, and drops the oldest when it is full', async () => {
    const inbox = createInbox<string>();
    const lane = inbox.lossy(2);
    lane.offer('a', 'a1');
    lane.offer('b', 'b1');
    lane.offer('a', 'a2');
    lane.offer('c', 'c1');
    inbox.end();
    expect(await drain(inbox)).toEqual(['a2', 'c1']);
  });

  it('a patient lane loses nothing: whoever puts waits for room', async () => {
    const inbox = createInbox<number>();
    const lane = inbox.patient(4);
    let waiting = 0;
    const putting = (async () => {
      for (let i = 0; i < 100; i++) {
        await lane.put(i);
        waiting = i;
      }
      inbox.end();
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(waiting).toBe(3);
    expect(await drain(inbox)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await putting;
  });

  it('a counting lane counts a million and holds none of them', async () => {
    const inbox = createInbox<string>();
    const lane = inbox.counting((reason: string) => reason);
    for (let i = 0; i < 1_000_000; i++) lane.count(i % 4 === 0 ? 'a' : 'b');
    inbox.end();
    const counts: Record<string, number> = { a: 0, b: 0 };
    for await (const reason of inbox) counts[reason] = (counts[reason] ?? 0) + 1;
    expect(counts).toEqual({ a: 250_000, b: 750_000 });
  });

  it('an end lets go of whoever waits; with an error, the reader gets what waited and then that', async () => {
    const inbox = createInbox<number>();
    const lane = inbox.patient(1);
    await lane.put(1);
    const blocked = lane.put(2);
    inbox.end(new Error('taken'));
    await blocked;
    const items: number[] = [];
    await expect(
      (async () => {
        for await (const item of inbox) items.push(item);
      })(),
    ).rejects.toThrow('taken');
    expect(items).toEqual([1]);
  });
});
