import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../protocol/archive/archive.js';
import { createCandidate } from '../../../protocol/archive/candidate.js';
import { compareElites, type Elite, isElite, type Win } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { createOutbox, type Outbox, type Pending } from '../../../worker/island/outbox.js';
import { candidateOf, eliteOf } from './elites.js';

const CLASSES = 5;

/** Images in the order of their birth, each with a parent among the earlier; and the wins of an archive that met them. */
function evolve(
  images: readonly { readonly parent: number; readonly confidences: readonly number[] }[],
  encoding: 'cppn' | 'direct' = 'cppn',
): Elite[] {
  const archive = createArchive(CLASSES);
  const born: Elite['candidate'][] = [];
  return images.flatMap(({ parent, confidences }, i) => {
    const { genome } = candidateOf(i, 0, encoding);
    const from = born[parent % Math.max(1, i)];
    const candidate = createCandidate(genome, {
      evaluation: i + 1,
      cost: 4 * (i + 1),
      island: 0,
      ...(from && { parent: { digest: from.digest, classId: 0 } }),
    });
    born.push(candidate);
    return confidences
      .map((confidence, classId) => eliteOf(classId, confidence, candidate))
      .filter((elite) => archive.merge(elite).status !== 'not-added');
  });
}

const images = fc.array(
  fc.record({
    parent: fc.nat(100),
    // Coarse, so that ties are common.
    confidences: fc.array(fc.constantFrom(0.1, 0.5, 0.7, 0.9), { minLength: CLASSES, maxLength: CLASSES }),
  }),
  { maxLength: 40 },
);

const told = ({ classId, confidence, candidate }: Win) =>
  `${classId} ${confidence} ${candidate.digest} ${candidate.parent?.digest} ${candidate.evaluation} ${candidate.cost}`;

function bestOf(wins: readonly Win[]): string[] {
  const best = new Map<number, Win>();
  for (const win of wins) {
    const other = best.get(win.classId);
    if (other === undefined || compareElites(win, other) < 0) best.set(win.classId, win);
  }
  return [...best.values()].map(told).sort();
}

describe('an outbox', () => {
  it.each(['cppn', 'direct'] as const)(
    'gives all that won, in that order, however often it is emptied (%s)',
    (encoding) => {
      fc.assert(
        fc.property(images, fc.array(fc.nat(200)), (born, cuts) => {
          const wins = evolve(born, encoding);
          const outbox = createOutbox();
          const given: Win[] = [];
          wins.forEach((win, i) => {
            outbox.add([win]);
            if (cuts.includes(i)) given.push(...outbox.take().wins);
          });
          given.push(...outbox.take().wins);
          expect(given.map(told)).toEqual(wins.map(told));
          expect([outbox.size, outbox.take()]).toEqual([0, { wins: [] }]);
        }),
      );
    },
  );

  it('takes back what could not be sent, before what came since', () => {
    fc.assert(
      fc.property(images, fc.nat(200), (born, cut) => {
        const wins = evolve(born, 'direct');
        const outbox = createOutbox();
        outbox.add(wins.slice(0, cut));
        const failed = outbox.take();
        outbox.add(wins.slice(cut));
        outbox.putBack(failed);
        expect(outbox.size).toBe(wins.length);
        const { wins: given } = outbox.take();
        expect(given.map(told)).toEqual(wins.map(told));
        expect(bestOf(given.filter(isElite))).toEqual(bestOf(wins));
      }),
    );
  });

  it('keeps of a direct genome that is the best of no class any more its descent alone', () => {
    fc.assert(
      fc.property(images, (born) => {
        const wins = evolve(born, 'direct');
        const outbox = createOutbox();
        outbox.add(wins);
        const { wins: given } = outbox.take();
        const best = new Set(bestOf(wins));
        const holders = new Set(
          wins.filter((win) => best.has(told(win))).map(({ candidate }) => candidate.digest),
        );
        for (const win of given) expect(isElite(win)).toBe(holders.has(win.candidate.digest));
      }),
    );
  });
});

/** Adds one after another, and checks that what waits is bounded. */
function fill(outbox: Outbox, wins: readonly Elite[]): Pending {
  for (const win of wins) outbox.add([win]);
  return outbox.take();
}

describe('an outbox whose history is bounded', () => {
  it.each([0, 1500, 4000])(
    'to %i bytes drops what is superseded, counts it, and never the best of a class',
    (bytes) => {
      fc.assert(
        fc.property(images, (born) => {
          const wins = evolve(born);
          const { wins: given, gap } = fill(createOutbox(bytes), wins);
          expect(wins.length - given.length).toBe(gap?.dropped ?? 0);
          expect(bestOf(given)).toEqual(bestOf(wins));
          // In order, what is left.
          const left = new Set(given.map(told));
          expect(given.map(told)).toEqual(wins.map(told).filter((one) => left.has(one)));
          const dropped = wins.filter((win) => !left.has(told(win)));
          expect(gap === undefined).toBe(dropped.length === 0);
          if (gap === undefined) return;
          const evaluations = dropped.map(({ candidate }) => candidate.evaluation);
          expect([gap.fromEvaluation, gap.toEvaluation]).toEqual([
            Math.min(...evaluations),
            Math.max(...evaluations),
          ]);
        }),
      );
    },
  );

  it('drops first what no best pending elite descends from', () => {
    const random = randomFrom(7);
    // A line of ten, between hundreds of dead ends.
    const line = Array.from({ length: 10 }, (_, i) => eliteOf(0, 0.5 + i / 100, candidateOf(i)));
    const heirs = line.map((elite, i) => {
      const parent = line[i - 1]?.candidate.digest;
      const { genome, evaluation } = elite.candidate;
      return eliteOf(
        0,
        elite.confidence,
        createCandidate(genome, {
          evaluation,
          island: 0,
          ...(parent !== undefined && { parent: { digest: parent, classId: 0 } }),
        }),
      );
    });
    const dead = Array.from({ length: 200 }, (_, i) => eliteOf(1, (i + 1) / 1000, candidateOf(100 + i)));
    const outbox = createOutbox(20_000);
    while (heirs.length + dead.length > 0) {
      const next = random.chance(heirs.length / (heirs.length + dead.length)) ? heirs.shift() : dead.shift();
      if (next) outbox.add([next]);
    }
    const { wins, gap } = outbox.take();
    expect(wins.filter(({ classId }) => classId === 0)).toHaveLength(10);
    expect(wins.at(-1)?.confidence).toBeDefined();
    expect(gap?.dropped).toBe(210 - wins.length);
    expect(gap?.dropped).toBeGreaterThan(100);
  });

  it('does not count the best of each class, however large they are', () => {
    const wins = evolve([{ parent: 0, confidences: [0.1, 0.1, 0.1, 0.1, 0.1] }], 'direct');
    expect(fill(createOutbox(0), wins)).toEqual({ wins });
  });
});
