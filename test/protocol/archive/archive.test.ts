import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import type { Candidate, Elite } from '../../../protocol/archive/elite.js';
import { summarise, THRESHOLDS } from '../../../protocol/archive/summary.js';

const CLASSES = 5;
const GENOME = { encoding: 'direct', width: 1, height: 1, channels: 1, genes: new Uint16Array(1) } as const;

function candidate(digest: string): Candidate {
  return { genome: GENOME, bytes: new Uint8Array(), digest, evaluation: 1, island: 0 };
}

/** Few confidences and digests, so that ties are common. */
const elite: fc.Arbitrary<Elite> = fc.record({
  classId: fc.integer({ min: 0, max: CLASSES - 1 }),
  confidence: fc.constantFrom(0, 0.25, 0.5, Math.fround(0.9), 1),
  candidate: fc.constantFrom('00', '0a', '7f', 'ff').map(candidate),
});
const elites = fc.array(elite, { maxLength: 30 });

function archiveOf(items: readonly Elite[]): Archive {
  const archive = createArchive(CLASSES);
  for (const item of items) archive.merge(item);
  return archive;
}

/** What an archive holds, comparable. */
function content(archive: Archive): unknown {
  return [...archive.elites()].map(({ classId, confidence, candidate }) => [
    classId,
    confidence,
    candidate.digest,
  ]);
}

function union(a: Archive, b: Archive): Archive {
  return archiveOf([...a.elites(), ...b.elites()]);
}

describe('merge is a lattice', () => {
  it('associative', () => {
    fc.assert(
      fc.property(elites, elites, elites, (x, y, z) => {
        const [a, b, c] = [archiveOf(x), archiveOf(y), archiveOf(z)];
        expect(content(union(union(a, b), c))).toEqual(content(union(a, union(b, c))));
      }),
    );
  });

  it('commutative', () => {
    fc.assert(
      fc.property(elites, elites, (x, y) => {
        expect(content(union(archiveOf(x), archiveOf(y)))).toEqual(
          content(union(archiveOf(y), archiveOf(x))),
        );
      }),
    );
  });

  it('idempotent: duplicates, replays and reordering change nothing', () => {
    fc.assert(
      fc.property(elites, fc.infiniteStream(fc.nat()), (items, order) => {
        const shuffled = [...items, ...items]
          .map((item) => ({ item, key: order.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item);
        expect(content(archiveOf(shuffled))).toEqual(content(archiveOf(items)));
      }),
    );
  });

  it('a cell holds what an obvious search finds: the greatest confidence, then the smallest digest', () => {
    fc.assert(
      fc.property(elites, (items) => {
        const archive = archiveOf(items);
        for (let classId = 0; classId < CLASSES; classId++) {
          const rivals = items.filter((item) => item.classId === classId);
          const greatest = Math.max(...rivals.map(({ confidence }) => confidence));
          const digests = rivals
            .filter(({ confidence }) => confidence === greatest)
            .map((r) => r.candidate.digest);
          expect(archive.elite(classId)?.candidate.digest).toBe(digests.sort()[0]);
          expect(archive.confidences[classId]).toBe(rivals.length === 0 ? 0 : greatest);
        }
        expect(archive.filled).toBe(new Set(items.map(({ classId }) => classId)).size);
        expect(Array.from({ length: archive.filled }, (_, i) => archive.nthFilled(i))).toEqual([
          ...archive.elites(),
        ]);
      }),
    );
  });
});

describe('merge', () => {
  it('says what became of the elite and what the cell gained', () => {
    const archive = createArchive(CLASSES);
    const first = { classId: 2, confidence: 0.25, candidate: candidate('aa') };
    expect(archive.merge(first)).toEqual({ status: 'new', improvement: 0.25 });
    expect(archive.merge({ ...first, confidence: 0.75 })).toEqual({
      status: 'improved',
      improvement: 0.5,
      previous: first,
    });
    expect(archive.merge(first)).toMatchObject({ status: 'not-added', improvement: 0 });
  });

  it('refuses what no cell can hold', () => {
    const archive = createArchive(CLASSES);
    const good = { classId: 0, confidence: 0.5, candidate: candidate('aa') };
    for (const classId of [-1, CLASSES, 0.5, Number.NaN]) {
      expect(archive.reject({ ...good, classId })).toBe('unknown-class');
    }
    for (const confidence of [-0.1, 1.0001, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(archive.reject({ ...good, confidence })).toBe('confidence-out-of-range');
      expect(() => archive.merge({ ...good, confidence })).toThrow(RangeError);
    }
    expect(archive.filled).toBe(0);
  });
});

describe('the summary', () => {
  it('agrees with an obvious computation, empty cells counting 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (values) => {
          const summary = summarise(Float32Array.from(values), values.filter((value) => value > 0).length);
          const sorted = [...values].sort((a, b) => a - b);
          const at = (i: number) => sorted[i] ?? Number.NaN;
          const half = sorted.length / 2;
          expect(summary.median).toBeCloseTo(
            Number.isInteger(half) ? (at(half - 1) + at(half)) / 2 : at(Math.floor(half)),
            9,
          );
          const total = values.reduce((sum, value) => sum + value, 0);
          expect(summary.qdScore).toBeCloseTo(total, 6);
          expect(summary.mean).toBeCloseTo(total / values.length, 6);
          for (const threshold of THRESHOLDS) {
            expect(summary.above[threshold]).toBe(
              values.filter((value) => value >= Number(threshold)).length,
            );
          }
        },
      ),
    );
  });
});
