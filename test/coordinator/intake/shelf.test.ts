import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { archiveBytes } from '../../../coordinator/intake/archive-digest.js';
import { restoreArchive } from '../../../coordinator/intake/restore.js';
import { createShelf } from '../../../coordinator/intake/shelf.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import { candidateOf, eliteOf, labelsOf } from '../fixtures.js';
import { jumpInto, NOTHING } from '../jumps.js';
import { createMemoryStore } from '../memory-store.js';

const CLASSES = 3;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A store that counts how often a genome is read from it, and a direct archive of a candidate of two classes and one of one. */
function setUp() {
  const store = createMemoryStore(labelsOf(CLASSES));
  const reads: string[] = [];
  const counting = {
    ...store,
    genome(digest: string) {
      reads.push(digest);
      return store.genome(digest);
    },
  };
  const shelf = createShelf(counting, 'direct');
  const [pair, single] = [candidateOf(1, 'direct'), candidateOf(2, 'direct', candidateOf(3, 'direct'))];
  const elites = [eliteOf(0, 0.5, pair), eliteOf(1, 0.25, pair), eliteOf(2, 0.75, single)];
  const archive = createArchive(CLASSES);
  const [heldPair, heldSingle] = [shelf.hold(pair), shelf.hold(single)];
  const held = elites.map((elite) => ({
    ...elite,
    candidate: elite.candidate === pair ? heldPair : heldSingle,
  }));
  const jumps = held.flatMap((elite) => jumpInto(archive, elite) ?? []);
  return { store, reads, shelf, elites, held, jumps, archive };
}

const contents = ({ classId, confidence, candidate }: Elite) => {
  const { genome, bytes, digest, parent, evaluation, island } = candidate;
  return { classId, confidence, genome, bytes: [...bytes], digest, parent, evaluation, island };
};

describe('a shelf of direct genomes', () => {
  it('gives every candidate as it came, before and after it is put away; and reads nothing before', () => {
    const { store, reads, shelf, elites, held, jumps } = setUp();
    expect(held.map(contents)).toEqual(elites.map(contents));
    store.commit({ ...NOTHING, jumps });
    expect(reads).toEqual([]);
    shelf.put(jumps);
    expect(held.map(contents)).toEqual(elites.map(contents));
    expect(new Set(reads)).toEqual(new Set(elites.map(({ candidate }) => candidate.digest)));
  });

  it('holds no genome in memory that is put away', async () => {
    const { store, shelf } = setUp();
    let genome: WeakRef<object> | undefined;
    const held = (() => {
      const candidate = candidateOf(9, 'direct');
      genome = new WeakRef(candidate.genome);
      return [eliteOf(0, 0.9, shelf.hold(candidate))];
    })();
    const jumps = held.flatMap((elite) => jumpInto(createArchive(CLASSES), elite) ?? []);
    store.commit({ ...NOTHING, jumps });
    const collected = async () => {
      // Weak references hold until the end of the turn.
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      return genome?.deref() === undefined;
    };
    expect(await collected()).toBe(false);
    shelf.put(jumps);
    expect(await collected()).toBe(true);
  });

  it('restores an archive of which no genome is in memory', () => {
    const { store, reads, shelf, jumps, archive } = setUp();
    store.commit({ ...NOTHING, jumps });
    const restored = restoreArchive(store, shelf.stored);
    expect(reads).toEqual([]);
    expect(archiveBytes(restored)).toEqual(archiveBytes(archive));
    expect([...restored.elites()].map(contents)).toEqual([...archive.elites()].map(contents));
    expect(reads.length).toBeGreaterThan(0);
  });

  it('leaves CPPNs in memory', () => {
    const { store } = setUp();
    const shelf = createShelf(store, 'cppn');
    const candidate = candidateOf(1);
    expect(shelf.hold(candidate)).toBe(candidate);
    expect(shelf.stored(candidateOf(1)).bytes).toEqual(candidateOf(1).bytes);
  });
});
