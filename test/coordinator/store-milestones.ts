import { expect, it } from 'vitest';
import { createArchive } from '../../protocol/archive/archive.js';
import { createCandidate } from '../../protocol/archive/candidate.js';
import type { Candidate } from '../../protocol/archive/elite.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { candidateOf, eliteOf, labelsOf } from './fixtures.js';
import { jumpInto, NOTHING } from './jumps.js';
import type { StoreHarness } from './store-conformance.js';

const drawer = loadDrawer();

/** A direct genome of that many pixels a side. */
function wideOf(number: number, side: number): Candidate {
  const random = randomFrom(number, 'wide');
  const genes = Uint16Array.from({ length: side * side }, () => random.below(65_536));
  return createCandidate(
    { encoding: 'direct', width: side, height: side, channels: 1, genes },
    { island: 0, evaluation: number + 1 },
  );
}

/** What every store keeps of the past of direct genomes; a part of its suite. */
export function itKeepsMilestones(start: () => StoreHarness): void {
  it('keeps of direct genomes the first of each class that reached a milestone, in little', () => {
    const { create, reopen } = start();
    let store = create(labelsOf(2));
    const archive = createArchive(2);
    const line = [0.002, 0.005, 0.05, 0.2, 0.25, 0.6, 0.95, 0.96].map((confidence, number) =>
      eliteOf(0, confidence, wideOf(number, 80)),
    );
    for (const elite of line) {
      store.commit({ ...NOTHING, jumps: [jumpInto(archive, elite)].flatMap((jump) => jump ?? []) });
    }
    if (reopen) store = reopen(store);
    const past = store.pastOf(0, 100).kept;
    const [whole, small, none] = ['genome', 'miniature', 'digest'];
    expect(past.map(({ kept }) => kept)).toEqual([small, none, small, small, none, small, small, whole]);
    for (const [i, { digest, kept }] of past.entries()) {
      const bytes = store.miniature(digest);
      expect(bytes !== undefined).toBe(kept === 'miniature');
      if (bytes === undefined) continue;
      const [little, large] = [decodeGenome(bytes), wideOf(i, 80).genome];
      expect(drawer.pixels(little, 64, 64)).toEqual(drawer.pixels(large, 64, 64));
    }
    // No row of the history, and nothing else of genomes, depends on it.
    expect(store.history().map(({ digest }) => digest)).toEqual(line.map((each) => each.candidate.digest));
    expect(line.map(({ candidate }) => store.genome(candidate.digest)?.bytes !== undefined)).toEqual([
      ...new Array(7).fill(false),
      true,
    ]);
    store.close();
  });

  it('keeps a small direct genome of the past whole, and shows it in a lineage', () => {
    const store = start().create(labelsOf(1));
    const archive = createArchive(1);
    const first = candidateOf(1, 'direct');
    const second = candidateOf(2, 'direct', first);
    for (const elite of [eliteOf(0, 0.25, first), eliteOf(0, 0.5, second)]) {
      store.commit({ ...NOTHING, jumps: [jumpInto(archive, elite)].flatMap((jump) => jump ?? []) });
    }
    expect(store.lineOf(0, 10).kept.map(({ kept }) => kept)).toEqual(['genome', 'genome']);
    expect(store.miniature(first.digest)).toEqual(new Uint8Array(first.bytes));
    expect(store.miniature(second.digest)).toBeUndefined();
    store.close();
  });
}
