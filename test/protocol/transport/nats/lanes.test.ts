import { describe, expect, it } from 'vitest';
import { createLanes } from '../../../../protocol/transport/nats/lanes.js';

async function drain<T>(lanes: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of lanes) items.push(item);
  return items;
}

describe('lanes', () => {
  it('a lossy lane keeps the newest of each key, and drops the oldest when it is full', async () => {
    const lanes = createLanes<string>();
    const lane = lanes.lossy(2);
    lane.offer('a', 'a1');
    lane.offer('b', 'b1');
    lane.offer('a', 'a2');
    lane.offer('c', 'c1');
    lanes.end();
    expect(await drain(lanes)).toEqual(['a2', 'c1']);
  });

  it('a patient lane loses nothing: whoever puts waits for room', async () => {
    const lanes = createLanes<number>();
    const lane = lanes.patient(4);
    let waiting = 0;
    const putting = (async () => {
      for (let i = 0; i < 100; i++) {
        await lane.put(i);
        waiting = i;
      }
      lanes.end();
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(waiting).toBe(3);
    expect(await drain(lanes)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await putting;
  });

  it('a counting lane counts a million and holds none of them', async () => {
    const lanes = createLanes<string>();
    const lane = lanes.counting((reason: string) => reason);
    for (let i = 0; i < 1_000_000; i++) lane.count(i % 4 === 0 ? 'a' : 'b');
    lanes.end();
    const counts: Record<string, number> = { a: 0, b: 0 };
    for await (const reason of lanes) counts[reason] = (counts[reason] ?? 0) + 1;
    expect(counts).toEqual({ a: 250_000, b: 750_000 });
  });

  it('an end lets go of whoever waits; with an error, the reader gets what waited and then that', async () => {
    const lanes = createLanes<number>();
    const lane = lanes.patient(1);
    await lane.put(1);
    const blocked = lane.put(2);
    lanes.end(new Error('taken'));
    await blocked;
    const items: number[] = [];
    await expect(
      (async () => {
        for await (const item of lanes) items.push(item);
      })(),
    ).rejects.toThrow('taken');
    expect(items).toEqual([1]);
  });
});
