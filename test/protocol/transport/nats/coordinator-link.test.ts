import { expect, it } from 'vitest';
import { CHECKPOINT, entryOf, startCluster, until } from './cluster.js';

it('counts the messages that were not acknowledged yet, and closes though the broker is away', async () => {
  await using cluster = await startCluster();
  const { link, heard } = await cluster.coordinate();
  expect(await link.pending()).toBe(0);
  const island = await cluster.island();
  for (let sequence = 1; sequence <= 10; sequence++) {
    await island.improve({ island: 0, sequence, entries: [entryOf(100)], checkpoint: CHECKPOINT });
  }
  await until(() => heard.length === 10);
  expect(await link.pending()).toBe(10);
  for (const { ack } of heard.slice(0, 7)) ack();
  await until(async () => (await link.pending()) === 3);
  await cluster.server.kill();
  await until(() => !link.online);
  await expect(link.pending()).rejects.toThrow();
  await link.close();
});
