import { afterEach, describe, expect, it } from 'vitest';
import { archiveBytes } from '../../coordinator/intake/archive-digest.js';
import { restoreArchive } from '../../coordinator/intake/restore.js';
import { describeGenome } from '../../coordinator/store/describe-genome.js';
import type { Batch, IslandRecord, Jump, Migration, Store } from '../../coordinator/store/store.js';
import { createArchive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { candidateOf, checkpointAt, eliteOf, labelsOf } from './fixtures.js';
import { jumpInto, NOTHING } from './jumps.js';
import { lineageOf } from './lineage.js';
import { itKeepsMilestones } from './store-milestones.js';

/** An adapter under test. `reopen` closes the store and opens what it left; absent where nothing is left. */
export interface StoreHarness {
  create(labels: readonly string[]): Store;
  reopen?(store: Store): Store;
}

/** What every store promises. */
export function describeStore(name: string, setUp: () => { harness: StoreHarness; tearDown(): void }): void {
  describe(`${name} store`, () => {
    let tearDown: (() => void) | undefined;
    const start = (): StoreHarness => {
      const set = setUp();
      tearDown = set.tearDown;
      return set.harness;
    };
    afterEach(() => tearDown?.());

    it('starts empty, with its labels', () => {
      const store = start().create(['tench', 'goldfish, "Carassius auratus"']);
      expect(store.labels).toEqual(['tench', 'goldfish, "Carassius auratus"']);
      expect([store.elites(), store.islands(), store.history(), store.events()]).toEqual([[], [], [], []]);
      store.close();
    });

    it('gives back every elite, jump and genome as it was committed', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(3));
      const parent = candidateOf(1);
      const child = { ...candidateOf(2, 'cppn', parent), cost: 9 };
      const archive = createArchive(3);
      const jumps = [eliteOf(1, 0.25, parent), eliteOf(0, 0.5, child), eliteOf(1, 0.3, child)].flatMap(
        (elite, i) => jumpInto(archive, elite, 1_700_000_000_000 + i) ?? [],
      );
      store.commit({ ...NOTHING, jumps: jumps.slice(0, 1) });
      store.commit({ ...NOTHING, jumps: jumps.slice(1) });
      if (reopen) store = reopen(store);

      expect(
        store.elites().map(({ jump, genome }) => [jump.classId, jump.confidence, genome.digest]),
      ).toEqual([
        [0, 0.5, child.digest],
        [1, Math.fround(0.3), child.digest],
      ]);
      expect(store.history()).toEqual(
        jumps.map(({ elite, previousConfidence, goalSwitch, evaluation, cost, time }, i) => ({
          id: i + 1,
          classId: elite.classId,
          digest: elite.candidate.digest,
          confidence: elite.confidence,
          ...(previousConfidence !== undefined && { previousConfidence }),
          goalSwitch,
          evaluation,
          cost,
          time,
        })),
      );
      const idsOf = (classId: number, last?: number) => store.history(classId, last).map(({ id }) => id);
      expect(idsOf(1)).toEqual([1, 3]);
      expect([idsOf(1, 0), idsOf(1, 1), idsOf(1, 2), idsOf(1, 9)]).toEqual([[], [3], [1, 3], [1, 3]]);
      expect(store.genome(child.digest)).toEqual({
        digest: child.digest,
        encoding: 'cppn',
        bytes: new Uint8Array(child.bytes),
        size: child.bytes.length,
        nodes: 5,
        connections: 4,
        parent: child.parent,
        island: 0,
        evaluation: 3,
      });
      expect(store.genome('00'.repeat(32))).toBeUndefined();
      expect(archiveBytes(restoreArchive(store))).toEqual(archiveBytes(archive));
      store.close();
    });

    it('follows lineage as far back as it is stored, and is not caught in a circle', () => {
      const store = start().create(labelsOf(4));
      const first = candidateOf(1, 'cppn', candidateOf(99));
      const second = candidateOf(2, 'cppn', first);
      const third = candidateOf(3, 'cppn', second);
      const liar = { ...candidateOf(4), parent: { digest: candidateOf(4).digest, classId: 0 } };
      const archive = createArchive(4);
      const elites = [first, second, third, liar].map((candidate, i) => eliteOf(i, 0.5, candidate));
      store.commit({ ...NOTHING, jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []) });
      const digests = (digest: string) => lineageOf(store, digest).map((genome) => genome.digest);
      expect(digests(third.digest)).toEqual([third.digest, second.digest, first.digest]);
      expect(digests(liar.digest)).toEqual([liar.digest]);
      expect(digests(candidateOf(99).digest)).toEqual([]);
      store.close();
    });

    it('gives the elites that held a class, thinned evenly, always with the first and the last', () => {
      const store = start().create(labelsOf(2));
      const archive = createArchive(2);
      const elites = Array.from({ length: 100 }, (_, i) =>
        eliteOf(i % 10 === 9 ? 1 : 0, i / 100, candidateOf(i)),
      );
      store.commit({
        ...NOTHING,
        jumps: elites.flatMap((elite) => jumpInto(archive, elite, elite.classId) ?? []),
      });
      const all = store.history(0);
      expect(store.pastOf(0, 90)).toEqual({
        kept: all.map((jump) => ({ ...jump, island: 0, kept: 'genome' })),
        omitted: 0,
      });
      for (const most of [2, 3, 7, 60, 89]) {
        const { kept, omitted } = store.pastOf(0, most);
        expect([kept.length, omitted]).toEqual([most, 90 - most]);
        expect([kept[0]?.id, kept.at(-1)?.id]).toEqual([all[0]?.id, all.at(-1)?.id]);
        const places = kept.map(({ id }) => all.findIndex((jump) => jump.id === id));
        const gaps = places.slice(1).map((place, i) => place - (places[i] ?? 0));
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }
      expect(store.pastOf(1, 2)).toMatchObject({ kept: [{ confidence: Math.fround(0.09) }, {}], omitted: 8 });
      expect([...store.takenAt()]).toEqual([0, 1]);
      const later = store.jumpsAfter(40, 10);
      expect(later).toMatchObject(
        store
          .history()
          .slice(40, 50)
          .map(({ id, classId, confidence, evaluation, cost }) => ({
            id,
            classId,
            confidence,
            evaluation,
            cost,
          })),
      );
      expect([store.jumpsAfter(95, 10).length, store.jumpsAfter(100, 10).length]).toEqual([5, 0]);
      store.close();
    });

    it('tells the line of an elite with the classes that its ancestors held, and is not caught in a circle', () => {
      const store = start().create(labelsOf(3));
      const first = candidateOf(1);
      const second = { ...candidateOf(2), parent: { digest: first.digest, classId: 2 } };
      const third = { ...candidateOf(3), parent: { digest: second.digest, classId: 0 } };
      const archive = createArchive(3);
      // The first held class 2 of its island alone.
      store.commit({ ...NOTHING, genomes: [describeGenome(first)] });
      const jumps = [eliteOf(0, 0.5, second), eliteOf(1, 0.75, third)].flatMap(
        (elite) => jumpInto(archive, elite) ?? [],
      );
      store.commit({ ...NOTHING, jumps });
      const at = { island: 0, kept: 'genome' as const };
      expect(store.lineOf(1, 10)).toEqual({
        kept: [
          { digest: first.digest, classId: 2, evaluation: 2, ...at },
          { digest: second.digest, classId: 0, confidence: 0.5, evaluation: 3, ...at },
          { digest: third.digest, classId: 1, confidence: 0.75, evaluation: 4, ...at },
        ],
        omitted: 0,
      });
      expect(store.lineOf(1, 2)).toMatchObject({
        kept: [{ digest: first.digest }, { digest: third.digest }],
        omitted: 1,
      });
      expect(store.lineOf(2, 10)).toEqual({ kept: [], omitted: 0 });
      const [one, other] = [candidateOf(8), candidateOf(9)];
      const circle = [
        eliteOf(2, 0.5, { ...one, parent: { digest: other.digest, classId: 2 } }),
        eliteOf(2, 0.75, { ...other, parent: { digest: one.digest, classId: 2 } }),
      ];
      store.commit({ ...NOTHING, jumps: circle.flatMap((elite) => jumpInto(archive, elite) ?? []) });
      expect(store.lineOf(2, 10).kept.map(({ digest }) => digest)).toEqual([one.digest, other.digest]);
      store.close();
    });

    it("refuses a batch that would lower a class's confidence, whole", () => {
      const store = start().create(labelsOf(2));
      const jump = (classId: number, confidence: number, seed: number): Jump => ({
        elite: eliteOf(classId, confidence, candidateOf(seed)),
        goalSwitch: false,
        evaluation: 1,
        cost: 1,
        time: 0,
      });
      store.commit({ ...NOTHING, jumps: [jump(0, 0.5, 1)] });
      const event = { time: 1, kind: 'test', detail: {} };
      const migration = { time: 0, source: 0, island: 1, moved: 1, won: 1 };
      const jumps = [jump(1, 0.5, 2), jump(0, 0.25, 3)];
      const lowering: Batch = { ...NOTHING, jumps, events: [event], migrations: [migration] };
      expect(() => store.commit(lowering)).toThrow('never goes down');
      expect(store.elites().map(({ jump }) => [jump.classId, jump.confidence])).toEqual([[0, 0.5]]);
      expect([store.history().length, store.events(), store.migrations()]).toEqual([1, [], []]);
      expect(store.genome(candidateOf(2).digest)).toBeUndefined();
      // Nor between two jumps of one batch, though the class ends higher than it was.
      const within = [jump(1, 0.6, 2), jump(1, 0.5, 3), jump(1, 0.7, 5)];
      expect(() => store.commit({ ...NOTHING, jumps: within })).toThrow('never goes down');
      expect(store.history().length).toBe(1);
      // A tie goes to the smaller digest: the archive decides, the store lets it.
      store.commit({ ...NOTHING, jumps: [jump(0, 0.5, 4)] });
      expect(store.history().length).toBe(2);
      store.close();
    });

    it('stores genomes that won on their island and lost elsewhere, and those without bytes, in the order given', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(2));
      const [loser, winner] = [candidateOf(1), candidateOf(2, 'direct')];
      const { digest, parent, island, evaluation } = candidateOf(3, 'direct', winner);
      const descent = { digest, ...(parent && { parent }), island, evaluation };
      const size = winner.bytes.length;
      const place = { goalSwitch: false, evaluation: 9, cost: 9, time: 0 };
      store.commit({
        ...NOTHING,
        genomes: [describeGenome(loser), { ...descent, encoding: 'direct', size }, describeGenome(winner)],
        jumps: [
          { ...place, elite: { classId: 1, confidence: 0.25, candidate: descent } },
          { ...place, elite: eliteOf(1, 0.5, winner), previousConfidence: 0.25 },
        ],
      });
      if (reopen) store = reopen(store);
      expect(store.genome(loser.digest)?.bytes).toEqual(new Uint8Array(loser.bytes));
      expect(store.genome(digest)).toEqual({ ...descent, encoding: 'direct', size });
      expect(store.history().map((jump) => [jump.digest, jump.confidence])).toEqual([
        [digest, 0.25],
        [winner.digest, 0.5],
      ]);
      expect(store.elites().map(({ genome }) => genome.bytes)).toEqual([new Uint8Array(winner.bytes)]);
      // It comes again, and wins with its bytes.
      const again = candidateOf(3, 'direct', winner);
      store.commit({ ...NOTHING, genomes: [describeGenome(again)] });
      expect(store.history()).toHaveLength(2);
      store.commit({
        ...NOTHING,
        genomes: [describeGenome(again)],
        jumps: [{ ...place, elite: eliteOf(0, 0.5, again) }],
      });
      expect(store.genome(digest)?.bytes).toEqual(new Uint8Array(again.bytes));
      store.close();
    });

    it('knows each genome once, however many new ones it comes again with, and in one batch', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(60));
      const candidates = Array.from({ length: 60 }, (_, seed) => candidateOf(seed));
      const place = { goalSwitch: false, evaluation: 9, cost: 9, time: 0 };
      const known = candidates.filter((_, i) => i % 7 === 3);
      store.commit({ ...NOTHING, genomes: known.map((candidate) => describeGenome(candidate)) });
      const genomes = [...candidates, ...candidates].map((candidate) => describeGenome(candidate));
      const jumps = candidates.map((candidate, i) => ({ ...place, elite: eliteOf(i, 0.5, candidate) }));
      store.commit({ ...NOTHING, genomes, jumps });
      if (reopen) store = reopen(store);
      const digests = candidates.map(({ digest }) => digest);
      expect(store.history().map((jump) => jump.digest)).toEqual(digests);
      expect(store.elites().map(({ genome }) => genome.digest)).toEqual(digests);
      store.close();
    });

    it("stores an island's new state, also when the caller changes the record afterwards", () => {
      const { create, reopen } = start();
      let store = create(labelsOf(1));
      const island: { -readonly [Key in keyof IslandRecord]: IslandRecord[Key] } = {
        number: 0,
        worker: 'w',
        state: 'joining',
        device: '',
      };
      store.commit({ ...NOTHING, islands: [island] });
      island.state = 'done';
      store.commit({ ...NOTHING, islands: [island] });
      if (reopen) store = reopen(store);
      expect(store.islands()).toMatchObject([{ state: 'done' }]);
      store.close();
    });

    it('never replaces a checkpoint by an older one', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(1));
      const island = { number: 3, worker: 'w', state: 'live', device: 'cpu' } as const;
      const commit = (evaluations: number, neutral: number) =>
        store.commit({
          ...NOTHING,
          islands: [{ ...island, checkpoint: checkpointAt(evaluations, neutral) }],
        });
      store.commit({ ...NOTHING, islands: [island] });
      expect(store.islands()).toEqual([island]);
      commit(20, 0);
      commit(10, 9);
      store.commit({ ...NOTHING, islands: [{ ...island, state: 'done' }] });
      if (reopen) store = reopen(store);
      expect(store.islands()).toEqual([{ ...island, state: 'done', checkpoint: checkpointAt(20) }]);
      commit(20, 1);
      expect(store.islands()[0]?.checkpoint).toEqual(checkpointAt(20, 1));
      store.close();
    });

    it('keeps the bytes of a direct genome as long as it holds a cell', () => {
      const store = start().create(labelsOf(2));
      const [first, second] = [candidateOf(1, 'direct'), candidateOf(2, 'direct')];
      const archive = createArchive(2);
      const put = (...elites: Elite[]) =>
        store.commit({ ...NOTHING, jumps: elites.flatMap((elite) => jumpInto(archive, elite) ?? []) });
      const kept = (digest: string) => store.genome(digest)?.bytes !== undefined;
      put(eliteOf(0, 0.1, first), eliteOf(1, 0.1, first));
      put(eliteOf(0, 0.2, second));
      expect([kept(first.digest), kept(second.digest)]).toEqual([true, true]);
      put(eliteOf(1, 0.2, second));
      expect([kept(first.digest), kept(second.digest)]).toEqual([false, true]);
      expect(store.genome(first.digest)?.size).toBe(first.bytes.length);
      put(eliteOf(1, 0.3, first), eliteOf(0, 0.3, first), eliteOf(0, 0.4, second));
      expect([kept(first.digest), kept(second.digest)]).toEqual([true, true]);
      expect(archiveBytes(restoreArchive(store))).toEqual(archiveBytes(archive));
      store.close();
    });

    itKeepsMilestones(start);

    it('keeps events in order, with their details', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(1));
      const events = [
        { time: 2, kind: 'island-live', detail: { island: 0, worker: 'käfer "1"' } },
        { time: 1, kind: 'paused', detail: {} },
      ];
      store.commit({ ...NOTHING, events });
      if (reopen) store = reopen(store);
      expect(store.events()).toEqual(events);
      store.close();
    });

    it('adds up what migrated in the same minute from one island to another', () => {
      const { create, reopen } = start();
      let store = create(labelsOf(1));
      const migration = { time: 60_000, source: 0, island: 1, moved: 5, won: 2 };
      const commit = (...migrations: Migration[]) => store.commit({ ...NOTHING, migrations });
      expect(store.migrations()).toEqual([]);
      commit(migration, { ...migration, source: 3, moved: 2 ** 32 - 1, won: 0 });
      if (reopen) store = reopen(store);
      commit({ ...migration, island: 2 }, { ...migration, moved: 1, won: 1 });
      commit({ ...migration, source: 3, moved: 2 ** 32 - 1 }, { ...migration, time: 0 });
      expect(store.migrations()).toEqual([
        { ...migration, time: 0 },
        { ...migration, moved: 6, won: 3 },
        { ...migration, island: 2 },
        { ...migration, source: 3, moved: 2 ** 33 - 2 },
      ]);
      store.close();
    });

    it('holds the archive that was merged, after any sequence of batches', () => {
      const { create, reopen } = start();
      const random = randomFrom(5, name);
      let store = create(labelsOf(6));
      const archive = createArchive(6);
      for (let batch = 0; batch < 30; batch++) {
        const jumps = Array.from({ length: random.below(8) }, () =>
          // Coarse confidences, so that ties are common.
          eliteOf(
            random.below(6),
            random.below(8) / 8,
            candidateOf(random.below(20), random.chance(0.5) ? 'cppn' : 'direct'),
          ),
        ).flatMap((elite) => jumpInto(archive, elite) ?? []);
        store.commit({ ...NOTHING, jumps });
        if (reopen && batch % 10 === 9) store = reopen(store);
      }
      expect(archiveBytes(restoreArchive(store))).toEqual(archiveBytes(archive));
      const best = new Map<number, number>();
      for (const { classId, confidence } of store.history()) {
        expect(confidence).toBeGreaterThanOrEqual(best.get(classId) ?? 0);
        best.set(classId, confidence);
      }
      store.close();
    });
  });
}
