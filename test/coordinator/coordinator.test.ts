import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { archiveBytes } from '../../coordinator/intake/archive-digest.js';
import { restoreArchive } from '../../coordinator/intake/restore.js';
import { DiskFullError } from '../../protocol/base/errors.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { encodedSize } from '../../protocol/transport/split.js';
import type { Entry, Welcome } from '../../protocol/wire/messages.js';
import { candidateOf, checkpointAt, entryOf, specOf } from './fixtures.js';
import { type CoordinatorHarness, startCoordinator } from './harness.js';

const running: CoordinatorHarness[] = [];
afterEach(async () => {
  for (const { coordinator } of running.splice(0)) await coordinator.stop();
});

function start(spec: RunSpec, parts?: Parameters<typeof startCoordinator>[1]): CoordinatorHarness {
  const harness = startCoordinator(spec, parts);
  running.push(harness);
  return harness;
}

async function joined(harness: CoordinatorHarness, worker: string): Promise<Welcome> {
  const answer = await harness.join(worker);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

describe('storing', () => {
  it('acknowledges a message only after the commit that stores it, in order, many a commit', async () => {
    const harness = start(specOf(4), { commitMilliseconds: 20 });
    await joined(harness, 'w');
    harness.log.length = 0;
    for (let i = 1; i <= 5; i++) harness.improve(0, [entryOf(i, [0, 1], i / 10)], checkpointAt(i), i);
    await vi.waitFor(() => expect(harness.log).toContain('ack 5'));
    expect(harness.log).toEqual(['commit', 'ack 1', 'ack 2', 'ack 3', 'ack 4', 'ack 5']);
    expect(harness.store.history()).toHaveLength(10);
    expect(harness.store.islands()[0]?.checkpoint).toEqual(checkpointAt(5));
  });

  it("dates a jump by its birth on its island, and what the other islands had done: one island's are the same every time", async () => {
    const harness = start(specOf(4, { islands: 2 }));
    await joined(harness, 'a');
    await joined(harness, 'b');
    const spent = (evaluations: number, cost: number) => {
      const checkpoint = checkpointAt(evaluations);
      return { ...checkpoint, totals: { ...checkpoint.totals, cost } };
    };
    harness.improve(0, [entryOf(10, [0], 0.5), entryOf(20, [0], 0.75)], spent(30, 30));
    const theirs = { ...entryOf(5, [1], 0.5), island: 1, cost: 20 };
    harness.improve(1, [theirs, { ...entryOf(7, [0], 0.25), island: 1 }], spent(8, 32), 2);
    await vi.waitFor(() => expect(harness.log).toContain('ack 2'));
    const at = harness.store.history().map(({ evaluation, cost }) => [evaluation, cost]);
    // An evaluation of the first island is one forward pass; one of the other's is more.
    expect(at).toEqual([
      [11, 11],
      [21, 21],
      [36, 50],
    ]);
    // It lost to the other island's, and may have children all the same.
    expect(harness.store.genome(candidateOf(7).digest)).toMatchObject({ island: 1, evaluation: 8 });
  });

  it('notes what an island had to drop, once', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    const gap = { dropped: 3, fromEvaluation: 5, toEvaluation: 9 };
    const checkpoint = checkpointAt(20);
    const improvements = { island: 0, sequence: 1, entries: [], checkpoint, gap };
    for (let i = 0; i < 2; i++) {
      harness.push({ type: 'improvements', improvements, ack: () => void harness.log.push('ack') });
    }
    await vi.waitFor(() => expect(harness.log.filter((line) => line === 'ack')).toHaveLength(2));
    const gaps = harness.store.events().filter(({ kind }) => kind === 'history-gap');
    expect(gaps).toMatchObject([{ detail: { island: 0, ...gap } }]);
  });

  it('stores at once when so many bytes wait, and not before', async () => {
    const entries = [1, 2, 3].map((i) => entryOf(i, [i], 0.5));
    const commitBytes = entries.slice(0, 2).reduce((sum, entry) => sum + encodedSize(entry), 1);
    const harness = start(specOf(4), { commitMilliseconds: 60_000, commitBytes });
    await joined(harness, 'w');
    harness.log.length = 0;
    entries.slice(0, 2).forEach((entry, i) => {
      harness.improve(0, [entry], checkpointAt(i + 1));
    });
    await vi.waitFor(() => expect(harness.coordinator.archive.filled).toBe(2));
    expect(harness.log).toEqual([]);
    harness.improve(0, entries.slice(2), checkpointAt(3));
    await vi.waitFor(() => expect(harness.log).toEqual(['commit', 'ack 1', 'ack 2', 'ack 3']));
  });

  it('tells of a jump only once it is stored', async () => {
    const harness = start(specOf(4));
    let stored = 0;
    harness.coordinator.subscribe((event) => {
      if (event.type === 'jump') stored = harness.store.history().length;
    });
    harness.improve(0, [entryOf(1, [2], 0.5)], checkpointAt(1));
    await vi.waitFor(() => expect(stored).toBe(1));
    const jump = harness.feed.find((event) => event.type === 'jump');
    expect(jump).toMatchObject({ label: 'label 2', jump: { elite: { classId: 2, confidence: 0.5 } } });
  });

  it('stores a flush that came in several messages whole', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'w');
    harness.log.length = 0;
    harness.improve(0, [entryOf(1, [0], 0.5)], undefined, 1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(harness.log).not.toContain('ack 1');
    harness.improve(0, [entryOf(2, [1], 0.5)], checkpointAt(2), 2);
    await vi.waitFor(() => expect(harness.log).toEqual(['commit', 'ack 1', 'ack 2']));
  });

  it('does not wait for ever for the rest of a flush', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'w');
    harness.improve(0, [entryOf(1, [0], 0.5)], undefined, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    harness.clock.now += 3000;
    await vi.waitFor(() => expect(harness.log).toContain('ack 1'));
  });

  it('when the store fails says so, acknowledges nothing that is not stored, and stops nobody: the next one goes on', async () => {
    let full = false;
    const fault = new DiskFullError('a', 'c');
    const harness = start(specOf(4), {
      onCommit() {
        if (full) throw fault;
      },
    });
    await joined(harness, 'w');
    harness.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(1), 1);
    await vi.waitFor(() => expect(harness.log).toContain('ack 1'));
    full = true;
    harness.improve(0, [entryOf(2, [0], 0.75)], checkpointAt(2), 2);
    await expect(harness.coordinator.done).rejects.toBe(fault);
    harness.improve(0, [entryOf(3, [0], 0.8)], checkpointAt(3), 3);
    await harness.coordinator.stop();
    expect(harness.commands.filter(({ command }) => command.type === 'stop')).toEqual([]);
    expect(harness.feed).toContainEqual({ type: 'fault', error: fault });
    expect(harness.log.filter((line) => line.startsWith('ack'))).toEqual(['ack 1']);
    expect(harness.store.history().map(({ confidence }) => confidence)).toEqual([0.5]);
  });

  it('holds the same bytes whatever the order, and however often messages are delivered', async () => {
    const entry = fc
      .tuple(fc.nat(40), fc.uniqueArray(fc.nat(5), { minLength: 1 }), fc.nat(8))
      .map(([seed, classIds, eighths]) => entryOf(seed, classIds, eighths / 8));
    const messages = fc.array(fc.tuple(fc.array(entry, { maxLength: 4 }), fc.nat(50)), { maxLength: 12 });
    const deliveries = messages.chain((sent) =>
      fc.tuple(
        fc.constant(sent),
        fc.array(fc.nat(Math.max(0, sent.length - 1)), { maxLength: 8 }).chain((again) =>
          fc.shuffledSubarray([...sent.keys(), ...again.filter((i) => i < sent.length)], {
            minLength: sent.length + again.filter((i) => i < sent.length).length,
          }),
        ),
      ),
    );
    const resultOf = async (sequence: readonly (readonly [readonly Entry[], number])[]) => {
      const harness = startCoordinator(specOf(6));
      await joined(harness, 'w');
      for (const [entries, evaluations] of sequence) {
        harness.improve(0, entries, checkpointAt(evaluations));
      }
      // Answered in order: all that was sent before is merged.
      await joined(harness, 'w');
      const bytes = archiveBytes(harness.coordinator.archive);
      await harness.coordinator.stop();
      expect(archiveBytes(restoreArchive(harness.store))).toEqual(bytes);
      return { bytes, checkpoint: harness.store.islands()[0]?.checkpoint };
    };
    await fc.assert(
      fc.asyncProperty(deliveries, async ([sent, order]) => {
        const delivered = order.flatMap((i) => (sent[i] ? [sent[i]] : []));
        expect(await resultOf(delivered)).toEqual(await resultOf(sent));
      }),
      { numRuns: 60 },
    );
  });
});

describe('islands', () => {
  it('hands out numbers, shares of the budget and neighbours, and refuses whom it has no room for', async () => {
    const harness = start(specOf(4, { islands: 2, budget: { evaluations: 101 } }));
    const first = await joined(harness, 'a');
    expect(first).toMatchObject({ island: 0, evaluationQuota: 51, neighbours: [], elites: [] });
    expect(first).toMatchObject({
      model: { type: 'directory', path: '/model' },
      modelDigest: 'ab'.repeat(32),
    });
    expect(first.checkpoint).toBeUndefined();
    expect(JSON.parse(first.spec)).toMatchObject({ islands: 2 });
    expect(await joined(harness, 'b')).toMatchObject({ island: 1, evaluationQuota: 50, neighbours: [0] });
    const told = [{ to: 0, command: { type: 'neighbours', suspects: [], islands: [1] } }];
    await vi.waitFor(() => expect(harness.commands).toEqual(told));
    expect(await harness.join('c')).toBe('all 2 islands of the run are taken');
  });

  it('gives a worker that comes back its island, exactly as it is stored', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    harness.improve(0, [entryOf(1, [0, 1], 0.5), entryOf(2, [3], 0.25)], checkpointAt(8));
    const back = await joined(harness, 'a');
    expect(back.island).toBe(0);
    expect(back.checkpoint).toEqual(checkpointAt(8));
    expect(back.elites).toEqual([entryOf(1, [0, 1], 0.5), entryOf(2, [3], 0.25)]);
    expect(harness.store.islands()[0]?.checkpoint).toEqual(checkpointAt(8));
  });

  it('goes on from the store after a restart', async () => {
    const before = start(specOf(4));
    await joined(before, 'a');
    before.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(8));
    await vi.waitFor(() => expect(before.log.at(-1)).toMatch(/ack/));
    const after = start(specOf(4), { store: before.store });
    expect(after.coordinator.islands()).toMatchObject([{ number: 0, state: 'lost', worker: 'a' }]);
    expect(after.coordinator.summary().totals.evaluations).toBe(8);
    // Another name, as after a reboot: the island has no other worker, so it is taken over.
    const welcome = await joined(after, 'another');
    expect(welcome).toMatchObject({ island: 0, checkpoint: checkpointAt(8) });
    expect(welcome.elites).toEqual([entryOf(1, [0], 0.5)]);
    after.improve(0, [entryOf(2, [0], 0.25)], checkpointAt(9));
    await vi.waitFor(() => expect(after.log.at(-1)).toMatch(/ack/));
    expect(after.coordinator.archive.confidences[0]).toBe(0.5);
  });

  it('gives an island that is founded late what the others have found', async () => {
    const harness = start(specOf(4, { islands: 2 }));
    await joined(harness, 'a');
    harness.improve(0, [entryOf(1, [0, 2], 0.5)], checkpointAt(8));
    const late = await joined(harness, 'b');
    expect(late.checkpoint).toBeUndefined();
    expect(late.elites).toEqual([entryOf(1, [0, 2], 0.5)]);
  });

  it('founds a single island again that died before its first checkpoint, so that it does the same again', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    harness.improve(0, [entryOf(1, [0], 0.5)]);
    await vi.waitFor(() => expect(harness.coordinator.archive.filled).toBe(1));
    expect(await joined(harness, 'a')).toMatchObject({ island: 0, elites: [] });
  });

  it('keeps islands apart that do not trade', async () => {
    const harness = start(specOf(4, { islands: 2, migration: { topology: 'none' } }));
    await joined(harness, 'a');
    await joined(harness, 'b');
    harness.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(8));
    harness.improve(1, [{ ...entryOf(2, [1], 0.5), island: 1 }], checkpointAt(8));
    expect((await joined(harness, 'b')).elites.map(({ classIds }) => classIds)).toEqual([[1]]);
    const unfounded = start(specOf(4, { islands: 2, migration: { topology: 'none' } }));
    unfounded.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(8));
    expect((await joined(unfounded, 'c')).elites).toEqual([]);
  });

  it('is lost after ten seconds of silence, and back when it speaks again', async () => {
    const harness = start(specOf(4, { islands: 2 }));
    await joined(harness, 'a');
    await joined(harness, 'b');
    harness.beat(0, 5);
    harness.beat(1, 7);
    const states = () => harness.coordinator.islands().map(({ state }) => state);
    await vi.waitFor(() => expect(states()).toEqual(['live', 'live']));
    expect(harness.coordinator.summary().totals.evaluations).toBe(12);
    harness.clock.now += 9000;
    harness.beat(1, 7);
    await vi.waitFor(() => expect(harness.coordinator.islands()[1]?.totals.evaluations).toBe(7));
    harness.clock.now += 2000;
    await vi.waitFor(() => expect(states()).toEqual(['lost', 'live']));
    const told = () => harness.commands.filter(({ to }) => to === 1).map(({ command }) => command);
    await vi.waitFor(() => expect(told().at(-1)).toEqual({ type: 'neighbours', suspects: [], islands: [] }));
    harness.beat(0, 6);
    await vi.waitFor(() => expect(states()).toEqual(['live', 'live']));
    await vi.waitFor(() => expect(told().at(-1)).toEqual({ type: 'neighbours', suspects: [], islands: [0] }));
    // Cut off meanwhile, it may have missed what it was told.
    await vi.waitFor(() =>
      expect(harness.commands).toContainEqual({
        to: 0,
        command: { type: 'neighbours', suspects: [], islands: [1] },
      }),
    );
    await harness.coordinator.stop();
    expect(harness.store.events().map(({ kind }) => kind)).toContain('island-lost');
  });

  it('counts what it refuses, merges the rest, and acknowledges both', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    const good = entryOf(1, [0], 0.5);
    const entries: Entry[] = [
      { ...good, genome: Uint8Array.of(1, 2, 3) },
      { ...good, classIds: [99, 1], confidences: [0.5, Number.NaN] },
      good,
    ];
    harness.improve(0, entries, checkpointAt(1), 1);
    harness.push({ type: 'rejected', reason: 'malformed' });
    harness.improve(7, [entryOf(2, [2], 0.5)], checkpointAt(1), 2);
    await vi.waitFor(() => expect(harness.log).toContain('ack 2'));
    expect(Object.fromEntries(harness.coordinator.summary().refused)).toEqual({
      'malformed-genome': 1,
      'unknown-class': 1,
      'confidence-out-of-range': 1,
      malformed: 1,
      'unknown-island': 1,
    });
    expect([...harness.coordinator.archive.elites()].map(({ classId }) => classId)).toEqual([0]);
  });

  it('takes messages of an island of the run that it does not know yet, as when a stream is read again', async () => {
    const harness = start(specOf(4, { islands: 2 }));
    harness.improve(1, [entryOf(2, [2], 0.5)], checkpointAt(1), 1);
    await vi.waitFor(() => expect(harness.log).toContain('ack 1'));
    expect(harness.coordinator.archive.confidences[2]).toBe(0.5);
    expect(harness.coordinator.summary().refused.size).toBe(0);
  });
});

describe('the end', () => {
  it('comes when every island has said farewell', async () => {
    const harness = start(specOf(4, { islands: 2 }));
    await joined(harness, 'a');
    await joined(harness, 'b');
    harness.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(8));
    harness.farewell(0);
    harness.farewell(1, 'the device is gone', 'unfit');
    const { reason, failures } = await harness.coordinator.done;
    expect(reason).toBe('quota');
    expect(failures).toMatchObject([{ number: 1, error: 'the device is gone' }]);
    expect(harness.store.history()).toHaveLength(1);
    expect(harness.store.islands().map(({ state }) => state)).toEqual(['done', 'failed']);
  });

  it('waits for an island that failed where it may be started again, and says why it failed when it may not', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    harness.farewell(0, 'the engine broke', 'failed');
    await vi.waitFor(() => expect(harness.coordinator.islands()).toMatchObject([{ state: 'lost' }]));
    harness.coordinator.workerGone('a', { error: 'exit code 1' });
    const { failures } = await harness.coordinator.done;
    expect(failures).toMatchObject([{ number: 0, error: 'the engine broke' }]);
  });

  it.each([
    ['evaluations', { evaluations: 10 }, 'evaluations'],
    ['minutes', { minutes: 1 }, 'minutes'],
    ['the median', { targetMedian: 0.5 }, 'target-median'],
  ])('is called when the budget of %s is reached', async (_, budget, reason) => {
    const harness = start(specOf(2, { budget }));
    await joined(harness, 'a');
    harness.improve(0, [entryOf(1, [0, 1], 0.5)], checkpointAt(10));
    harness.clock.now += 61_000;
    harness.beat(0);
    await vi.waitFor(() => expect(harness.commands).toContainEqual({ to: 'all', command: { type: 'stop' } }));
    harness.farewell(0);
    expect((await harness.coordinator.done).reason).toBe(reason);
  });

  it('does not count paused time', async () => {
    const harness = start(specOf(2, { budget: { minutes: 1 } }));
    await joined(harness, 'a');
    harness.coordinator.pause();
    harness.clock.now += 120_000;
    harness.coordinator.resume();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(harness.commands.map(({ command }) => command.type)).toEqual(['pause', 'resume']);
    expect(harness.coordinator.summary().seconds).toBe(0);
  });

  it('does not wait for a worker that died', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    harness.coordinator.end();
    expect(await harness.join('b')).toBe('the run is ending');
    harness.coordinator.workerGone('a');
    expect(await harness.coordinator.done).toEqual({ reason: 'requested', failures: [] });
  });

  it('comes with a failure when a worker will not be back', async () => {
    const harness = start(specOf(4));
    await joined(harness, 'a');
    harness.coordinator.workerGone('a', { error: 'it crashed 5 times' });
    const { failures } = await harness.coordinator.done;
    expect(failures).toMatchObject([{ error: 'it crashed 5 times' }]);
  });

  it('stores what waits when it is stopped at once', async () => {
    const harness = start(specOf(4), { commitMilliseconds: 10_000 });
    await joined(harness, 'a');
    harness.improve(0, [entryOf(1, [0], 0.5)], checkpointAt(8));
    await vi.waitFor(() => expect(harness.coordinator.archive.filled).toBe(1));
    await harness.coordinator.stop();
    expect(harness.store.history()).toHaveLength(1);
    expect(harness.log.at(-1)).toMatch(/ack/);
  });
});
