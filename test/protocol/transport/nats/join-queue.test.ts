import { describe, expect, it } from 'vitest';
import { createJoinQueue } from '../../../../protocol/transport/nats/join-queue.js';

function createQueue(limit = 10) {
  const handed: string[] = [];
  const gates: (() => void)[] = [];
  const queue = createJoinQueue<string>({
    limit,
    ready: () => new Promise((resolve) => gates.push(resolve)),
    handOn: (key, item) => void handed.push(`${key} ${item}`),
  });
  const open = async () => {
    gates.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { queue, handed, open, waits: () => gates.length };
}

describe('the queue of those who ask for an island', () => {
  it('hands on together what came before the same wait, and later what came later', async () => {
    const { queue, handed, open, waits } = createQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key, '1');
    await open();
    expect(handed).toEqual(['a 1']);
    await open();
    expect(handed).toEqual(['a 1', 'b 1', 'c 1']);
    expect(waits()).toBe(0);
  });

  it('answers the newest request of one who asked again, once, however long the wait', async () => {
    const { queue, handed, open, waits } = createQueue();
    for (const request of ['1', '2', '3']) queue.add('a', request);
    await open();
    expect(handed).toEqual(['a 3']);
    expect(waits()).toBe(0);
  });

  it('drops the oldest when too many wait', async () => {
    const { queue, handed, open } = createQueue(2);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key, '1');
    await open();
    await open();
    expect(handed).toEqual(['a 1', 'c 1', 'd 1']);
  });
});
