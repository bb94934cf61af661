import { afterEach, describe, expect, it, vi } from 'vitest';
import { suspectsAfter } from '../../../coordinator/audit/suspects.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Welcome } from '../../../protocol/wire/messages.js';
import { checkpointAt, entryOf, labelsOf, specOf } from '../fixtures.js';
import { type CoordinatorHarness, startCoordinator } from '../harness.js';
import { createMemoryStore } from '../memory-store.js';

const running: CoordinatorHarness[] = [];
afterEach(async () => {
  for (const { coordinator } of running.splice(0)) await coordinator.stop();
});

const SPEC = specOf(4, { islands: 2, audit: { rate: 1 } });

/** Two islands that take part, all of whose images are audited. */
async function start(store = createMemoryStore(labelsOf(4))): Promise<CoordinatorHarness> {
  const harness = startCoordinator(SPEC, { store, audit: { random: randomFrom(1) } });
  running.push(harness);
  for (const [island, worker] of ['a', 'b'].entries()) {
    const answer = await harness.join(worker);
    if (typeof answer === 'string') throw new Error(answer);
    harness.beat(island, 1);
  }
  await vi.waitFor(() => expect(states(harness)).toEqual(['live', 'live']));
  return harness;
}

const states = ({ coordinator }: CoordinatorHarness) => coordinator.islands().map(({ state }) => state);
const suspects = ({ coordinator }: CoordinatorHarness) =>
  coordinator.islands().flatMap(({ number, suspect }) => (suspect ? [number] : []));

/** Has island 0 send an image that island 1 finds another confidence for. */
async function exposed(harness: CoordinatorHarness): Promise<CoordinatorHarness> {
  harness.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(1), 1);
  await vi.waitFor(() => expect(harness.audits).toHaveLength(1));
  const number = harness.audits[0]?.audit.number ?? 0;
  harness.push({ type: 'audited', audited: { island: 1, number, confidences: [0.25] } });
  await vi.waitFor(() => expect(suspects(harness)).toEqual([0]));
  return harness;
}

describe('a suspect island', () => {
  it('rests, and nothing more is taken from it, though its messages are acknowledged', async () => {
    const harness = await exposed(await start());
    expect(harness.commands).toContainEqual({ to: 0, command: { type: 'pause' } });
    harness.improve(0, [entryOf(2, [1, 2], 0.875)], checkpointAt(2), 2);
    await vi.waitFor(() => expect(harness.log).toContain('ack 2'));
    expect(harness.coordinator.archive.confidences[1]).toBe(0);
    expect(harness.coordinator.summary().refused.get('suspect-island')).toBe(1);
    expect(harness.coordinator.islands()[0]?.checkpoint).toEqual(checkpointAt(1));
  });

  it('is no neighbour any more, and the others take no migrants of it', async () => {
    const harness = await exposed(await start());
    await vi.waitFor(() =>
      expect(harness.commands).toContainEqual({
        to: 1,
        command: { type: 'neighbours', islands: [], suspects: [0] },
      }),
    );
  });

  it('is in the log of the run, with what was found, and still suspect after a restart', async () => {
    const store = createMemoryStore(labelsOf(4));
    const harness = await exposed(await start(store));
    await harness.coordinator.stop();
    const event = store.events().find(({ kind }) => kind === 'island-suspect');
    expect(event?.detail).toEqual({
      island: 0,
      worker: 'a',
      by: 1,
      classId: 0,
      claimed: 0.5,
      scored: 0.25,
    });
    const again = startCoordinator(SPEC, { store });
    running.push(again);
    expect(suspects(again)).toEqual([0]);
    const welcome = (await again.join('a')) as Welcome;
    expect(welcome).toMatchObject({ island: 0, suspects: [0], neighbours: [] });
    expect(again.commands).toContainEqual({ to: 0, command: { type: 'pause' } });
  });

  it('stays at rest when the run is paused and resumed', async () => {
    const harness = await exposed(await start());
    harness.coordinator.pause();
    harness.commands.length = 0;
    harness.coordinator.resume();
    expect(harness.commands.map(({ to, command }) => `${to} ${command.type}`)).toEqual([
      'all resume',
      '0 pause',
    ]);
  });

  it('goes on when it is trusted again, for the coordinators after this one too', async () => {
    const harness = await exposed(await start());
    expect(harness.coordinator.trust(0)).toBe(true);
    expect(harness.commands).toContainEqual({ to: 0, command: { type: 'resume' } });
    harness.improve(0, [entryOf(2, [1, 2], 0.875)], checkpointAt(2), 2);
    await vi.waitFor(() => expect(harness.coordinator.archive.confidences[1]).toBe(0.875));
    expect(suspectsAfter(harness.store.events())).toEqual(new Set());
    expect(harness.coordinator.trust(7)).toBe(false);
  });

  it('does not keep the run from ending when the other islands are done', async () => {
    const harness = await exposed(await start());
    harness.farewell(1);
    await vi.waitFor(() => expect(harness.commands).toContainEqual({ to: 'all', command: { type: 'stop' } }));
    harness.farewell(0);
    await expect(harness.coordinator.done).resolves.toMatchObject({ reason: 'quota' });
  });
});
