import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkpointAt, labelsOf, specOf } from './fixtures.js';
import { type CoordinatorHarness, startCoordinator } from './harness.js';
import { createMemoryStore } from './memory-store.js';

const running: CoordinatorHarness[] = [];
afterEach(async () => {
  for (const { coordinator } of running.splice(0)) await coordinator.stop();
});

/** A coordinator whose islands 0 and 1 are taken. */
async function start(store = createMemoryStore(labelsOf(4))): Promise<CoordinatorHarness> {
  const harness = startCoordinator(specOf(4, { islands: 2 }), { store });
  running.push(harness);
  await harness.join('a');
  await harness.join('b');
  return harness;
}

const stored = (harness: CoordinatorHarness, messages: number) =>
  vi.waitFor(() => expect(harness.log.filter((line) => line.startsWith('ack'))).toHaveLength(messages));

/** The minute in which the harness's clock starts. */
const MINUTE = 960_000;

describe('the migration log', () => {
  it('says how many elites moved between which islands, and what they won, minute by minute', async () => {
    const harness = await start();
    harness.tell(0, [{ source: 1, moved: 7, won: 3 }], checkpointAt(1));
    harness.tell(0, [{ source: 1, moved: 2, won: 0 }], checkpointAt(2));
    harness.tell(1, [{ source: 0, moved: 1, won: 1 }], checkpointAt(1));
    await stored(harness, 3);
    harness.clock.now = MINUTE + 60_000;
    harness.tell(0, [{ source: 1, moved: 1, won: 1 }], checkpointAt(3));
    await stored(harness, 4);
    expect(harness.store.migrations()).toEqual([
      { time: MINUTE, source: 0, island: 1, moved: 1, won: 1 },
      { time: MINUTE, source: 1, island: 0, moved: 9, won: 3 },
      { time: MINUTE + 60_000, source: 1, island: 0, moved: 1, won: 1 },
    ]);
    expect(harness.coordinator.summary().migrants).toEqual({ moved: 11, won: 5 });
  });

  it('counts a message once, however often it comes, also to the next coordinator', async () => {
    const before = await start();
    const flush = [[{ source: 1, moved: 7, won: 3 }], checkpointAt(5)] as const;
    before.tell(0, ...flush);
    before.tell(0, ...flush);
    await stored(before, 2);
    const after = await start(before.store);
    after.tell(0, ...flush);
    after.tell(0, [{ source: 1, moved: 1, won: 0 }], checkpointAt(4));
    await stored(after, 2);
    expect(after.store.migrations()).toMatchObject([{ source: 1, island: 0, moved: 7, won: 3 }]);
    expect(before.coordinator.summary().migrants).toEqual({ moved: 7, won: 3 });
    expect(after.coordinator.summary().migrants).toEqual({ moved: 0, won: 0 });
  });

  it('accepts no unknown island, no count without a state, and nothing impossible', async () => {
    const harness = await start();
    harness.tell(9, [{ source: 1, moved: 7, won: 3 }], checkpointAt(1));
    harness.tell(0, [{ source: 1, moved: 7, won: 3 }]);
    harness.tell(0, [{ source: 2, moved: 7, won: 3 }], checkpointAt(1));
    harness.tell(0, [], checkpointAt(2));
    await stored(harness, 4);
    expect(harness.store.migrations()).toEqual([]);
    expect([...harness.coordinator.summary().refused]).toEqual([
      ['unknown-island', 1],
      ['impossible-arrival', 1],
    ]);
  });
});
