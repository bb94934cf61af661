import { describe, expect, it } from 'vitest';
import { createIntake } from '../../../coordinator/intake/intake.js';
import { createLedger } from '../../../coordinator/intake/ledger.js';
import { createMerger } from '../../../coordinator/intake/merger.js';
import { createShelf } from '../../../coordinator/intake/shelf.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import type { Candidate, Win } from '../../../protocol/archive/elite.js';
import { findsOf } from '../../../protocol/archive/entries.js';
import { candidateOf, eliteOf, labelsOf, specOf } from '../fixtures.js';
import { createMemoryStore } from '../memory-store.js';

const CLASSES = 2;

/** What a direct run's coordinator stores of these messages. */
function stored(...messages: (readonly Win[])[]) {
  const spec = specOf(CLASSES, { encoding: 'direct' });
  const store = createMemoryStore(labelsOf(CLASSES));
  const archive = createArchive(CLASSES);
  const ledger = createLedger(store, () => undefined);
  const shelf = createShelf(store, 'direct');
  const merger = createMerger({ archive, shelf, intake: createIntake(archive, spec), ledger, spec });
  const counts = messages.map((wins) =>
    merger.merge(findsOf(wins), { time: 0, others: { evaluations: 0, cost: 0 } }),
  );
  ledger.commit();
  const jumps = store
    .history()
    .map(({ classId, confidence, previousConfidence, goalSwitch }) => [
      classId,
      confidence,
      previousConfidence,
      goalSwitch,
    ]);
  return { store, archive, jumps, counts };
}

const direct = (number: number, parent?: Candidate) => candidateOf(number, 'direct', parent);

/** The same without its genome. */
function told(classId: number, confidence: number, candidate: Candidate): Win {
  const { digest, parent, evaluation, island } = candidate;
  return { classId, confidence, candidate: { digest, ...(parent && { parent }), evaluation, island } };
}

describe('a direct genome that comes without its bytes', () => {
  const [first, second, third] = [direct(1), direct(2), direct(3)];

  it('is a jump before its heir, which jumps from it', () => {
    const { jumps, counts, archive, store } = stored([
      told(0, 0.25, first),
      told(0, 0.5, second),
      eliteOf(0, 0.75, direct(3, first)),
    ]);
    expect(jumps).toEqual([
      [0, 0.25, undefined, false],
      [0, 0.5, 0.25, false],
      [0, 0.75, 0.5, false],
    ]);
    expect(counts).toEqual([{ new: 1, improved: 2, 'not-added': 0 }]);
    expect(archive.elite(0)?.candidate.digest).toBe(direct(3, first).digest);
    const { bytes, ...descent } = store.genome(first.digest) ?? { bytes: undefined };
    expect(bytes).toBeUndefined();
    expect(descent).toMatchObject({ encoding: 'direct', size: third.bytes.length, evaluation: 2 });
  });

  it('switches goals as if its bytes were there', () => {
    const parents = [told(1, 0.25, first), told(0, 0.5, direct(2, first)), eliteOf(0, 0.75, third)];
    const { jumps } = stored([eliteOf(0, 0.125, direct(9)), ...parents, eliteOf(1, 0.5, direct(4, third))]);
    // The fixture's parents held class 0.
    expect(jumps.map(([classId, confidence, , goalSwitch]) => [classId, confidence, goalSwitch])).toEqual([
      [0, 0.125, false],
      [1, 0.25, false],
      [0, 0.5, false],
      [0, 0.75, false],
      [1, 0.5, true],
    ]);
  });

  it.each<[string, readonly Win[]]>([
    ['no heir', [told(0, 0.5, first)]],
    ['an heir of another class', [told(0, 0.5, first), eliteOf(1, 0.75, second)]],
    ['a lesser heir', [told(0, 0.5, first), eliteOf(0, 0.25, second)]],
    ['an heir that came before it', [eliteOf(0, 0.25, second), told(0, 0.5, first)]],
  ])('and has %s is an ancestor, and no jump', (_, wins) => {
    const { jumps, store } = stored(wins);
    expect(jumps.map(([, confidence]) => confidence)).not.toContain(0.5);
    expect(store.genome(first.digest)).toMatchObject({ evaluation: 2 });
    expect(store.elites().every(({ genome }) => genome.digest !== first.digest)).toBe(true);
  });

  it('is no jump where the cell is better already, or when it comes again', () => {
    const wins = [told(0, 0.25, first), eliteOf(0, 0.75, second)];
    expect(stored([eliteOf(0, 0.5, third)], wins).jumps).toEqual([
      [0, 0.5, undefined, false],
      [0, 0.75, 0.5, false],
    ]);
    expect(stored(wins, wins).jumps).toEqual(stored(wins).jumps);
  });
});

it('what lost its cell to another island is stored all the same', () => {
  const [winner, loser] = [direct(1), direct(2)];
  const { store, jumps } = stored([eliteOf(0, 0.5, winner)], [eliteOf(0, 0.25, loser)]);
  expect(jumps).toHaveLength(1);
  expect(store.genome(loser.digest)).toMatchObject({ evaluation: 3, size: loser.bytes.length });
});
