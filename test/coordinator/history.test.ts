import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { archiveBytes } from '../../coordinator/intake/archive-digest.js';
import { createIntake } from '../../coordinator/intake/intake.js';
import { createLedger } from '../../coordinator/intake/ledger.js';
import { createMerger } from '../../coordinator/intake/merger.js';
import { restoreArchive } from '../../coordinator/intake/restore.js';
import { createShelf } from '../../coordinator/intake/shelf.js';
import { createSqliteStore } from '../../coordinator/store/sqlite-store.js';
import type { Store } from '../../coordinator/store/store.js';
import { createArchive } from '../../protocol/archive/archive.js';
import { type Elite, isGoalSwitch } from '../../protocol/archive/elite.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { decodeMessage, encodeMessage } from '../../protocol/wire/codec.js';
import type { Find } from '../../protocol/wire/messages.js';
import { composeFlush } from '../../worker/island/flush.js';
import { createOutbox } from '../../worker/island/outbox.js';
import { CLASSES, foundIsland, stripesSpec } from '../worker/island/fixtures.js';
import { labelsOf, temporaryDirectory } from './fixtures.js';
import { historyIn } from './history.js';
import { lineageOf } from './lineage.js';
import { createMemoryStore } from './memory-store.js';

/** An island's wins on their way into a store: what is stored is what was won, however it travelled. */

const KINDS = (['cppn', 'direct'] as const).flatMap((encoding) =>
  (['default', 'paper'] as const).map((preset) => ({ encoding, preset })),
);

async function winsOf(spec: RunSpec): Promise<(readonly Elite[])[]> {
  const island = foundIsland(spec);
  const steps: (readonly Elite[])[] = [];
  for (let left = 300; left > 0; left = 300 - island.checkpoint().totals.evaluations) {
    steps.push(await island.step(left));
  }
  expect(steps.flat()).toHaveLength(island.checkpoint().totals.jumps);
  return steps;
}

/** The history as the definition has it. */
function jumpsOf(wins: readonly Elite[]) {
  const archive = createArchive(CLASSES);
  return wins.map((elite) => {
    const { previous } = archive.merge(elite);
    return {
      classId: elite.classId,
      digest: elite.candidate.digest,
      confidence: elite.confidence,
      ...(previous && { previousConfidence: previous.confidence }),
      goalSwitch: isGoalSwitch(elite, previous),
      evaluation: elite.candidate.evaluation,
      cost: elite.candidate.cost ?? elite.candidate.evaluation,
    };
  });
}

const storedJumps = (store: Store) => store.history().map(({ id: _, time: __, ...jump }) => jump);

/** A coordinator without its link. */
function createReceiver(store: Store, spec: RunSpec) {
  const shelf = createShelf(store, spec.encoding);
  const archive = restoreArchive(store, shelf.stored);
  const ledger = createLedger(store, () => undefined);
  const merger = createMerger({ archive, shelf, intake: createIntake(archive, spec), ledger, spec });
  return {
    archive,
    take(entries: readonly Find[]): void {
      const bytes = encodeMessage({ type: 'improvements', island: 0, sequence: 1, entries });
      const message = decodeMessage(bytes);
      if (message.type !== 'improvements') throw new Error('expected improvements');
      merger.merge(message.entries, { time: 0, others: { evaluations: 0, cost: 0 } });
    },
    commit: () => shelf.put(ledger.commit().jumps),
  };
}

/** Entries of all messages, of flushes that end after these steps. */
function messagesOf(
  steps: readonly (readonly Elite[])[],
  cuts: readonly number[],
  maxBytes = Number.POSITIVE_INFINITY,
): (readonly Find[])[] {
  const outbox = createOutbox();
  return steps.flatMap((wins, i) => {
    outbox.add(wins);
    if (!cuts.includes(i) && i < steps.length - 1) return [];
    const { messages, gap } = composeFlush(outbox.take(), maxBytes, 0);
    expect(gap).toBeUndefined();
    return messages;
  });
}

const cuts = fc.array(fc.nat(80), { maxLength: 30 });

describe.each(KINDS)("an island's history ($encoding, $preset)", ({ encoding, preset }) => {
  const spec = stripesSpec({ encoding, preset, evolution: { initial: 20, generation: 20 } });

  it('is every jump and every ancestor, the same bytes however often it was sent and stored', async () => {
    const steps = await winsOf(spec);
    const expected = jumpsOf(steps.flat());
    const directory = temporaryDirectory();
    const digests = new Set<string>();
    let runs = 0;
    fc.assert(
      fc.property(
        cuts,
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.boolean()),
        (at, again, commits) => {
          const path = join(directory.path, `${runs++}.db`);
          const store = createSqliteStore(path, labelsOf(CLASSES));
          const receiver = createReceiver(store, spec);
          const sent: (readonly Find[])[] = [];
          for (const message of messagesOf(steps, at)) {
            receiver.take(message);
            sent.push(message);
            // What comes twice, or late, changes nothing.
            if (again.next().value) receiver.take(sent[sent.length >> 1] ?? []);
            if (commits.next().value) receiver.commit();
          }
          receiver.commit();
          expect(storedJumps(store)).toEqual(expected);
          store.close();
          const history = historyIn(path);
          digests.add(history.digest);
          expect(history).toMatchObject({ orphans: 0, unfounded: 0, jumps: expected.length });
        },
      ),
      { numRuns: 8 },
    );
    expect(digests.size).toBe(1);
    directory.remove();
  });

  it('that needs many small messages is whole after each of them, whatever dies then', async () => {
    const steps = await winsOf(spec);
    const expected = jumpsOf(steps.flat());
    const ofClass = <Jump extends { classId: number }>(jumps: readonly Jump[]) =>
      labelsOf(CLASSES).map((_, classId) => jumps.filter((jump) => jump.classId === classId));
    fc.assert(
      // All that one direct genome is the heir of has to fit beside it.
      fc.property(
        cuts,
        fc.integer(encoding === 'direct' ? { min: 12_000, max: 20_000 } : { min: 900, max: 9000 }),
        (at, maxBytes) => {
          const store = createMemoryStore(labelsOf(CLASSES));
          let receiver = createReceiver(store, spec);
          for (const message of messagesOf(steps, at, maxBytes)) {
            receiver.take(message);
            receiver.commit();
            for (const { genome } of store.elites()) {
              expect(lineageOf(store, genome.digest).at(-1)?.parent).toBeUndefined();
            }
            const lasts = ofClass(store.history()).flatMap((jumps) => jumps.at(-1) ?? []);
            expect(store.elites().map(({ jump }) => jump.id)).toEqual(lasts.map(({ id }) => id));
            expect(archiveBytes(restoreArchive(store))).toEqual(archiveBytes(receiver.archive));
            // The next coordinator knows what is stored, and nothing else.
            receiver = createReceiver(store, spec);
          }
          expect(ofClass(storedJumps(store))).toEqual(ofClass(expected));
        },
      ),
      { numRuns: 8 },
    );
  });
});
