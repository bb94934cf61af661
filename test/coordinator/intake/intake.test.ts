import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIntake } from '../../../coordinator/intake/intake.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { createCandidate } from '../../../protocol/archive/candidate.js';
import { isElite } from '../../../protocol/archive/elite.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import type { Ancestor, Entry } from '../../../protocol/wire/messages.js';
import { entryOf, genomeOf, specOf } from '../fixtures.js';

const CLASSES = 4;
const good = entryOf(1, [0, 1], 0.5);

function intake() {
  const archive = createArchive(CLASSES);
  return { archive, ...createIntake(archive, specOf(CLASSES)) };
}

it('does not take again what a repair removed, but the same image with another confidence, or for another class', () => {
  const archive = createArchive(CLASSES);
  const { digest } = createCandidate(genomeOf(1), { evaluation: 0, island: 0 });
  const removed = [{ classId: 1, digest, confidence: 0.5 }];
  const { read, refused } = createIntake(archive, specOf(CLASSES), removed);
  expect(read([good]).map(({ wins }) => wins.map(({ classId }) => classId))).toEqual([[0]]);
  expect(
    read([
      { ...good, classIds: [1], confidences: [0.5] },
      { ...good, classIds: [1], confidences: [0.25] },
    ]),
  ).toHaveLength(1);
  expect(refused.get('removed-by-repair')).toBe(2);
});

it.each<[string, Entry, string]>([
  ['bytes that are no genome', { ...good, genome: Uint8Array.of(255, 1) }, 'malformed-genome'],
  ['an empty genome', { ...good, genome: new Uint8Array() }, 'malformed-genome'],
  ['another encoding', { ...good, genome: encodeGenome(genomeOf(1, 'direct')) }, 'foreign-genome'],
  [
    'another canvas',
    { ...good, genome: encodeGenome({ ...genomeOf(1), canvas: 9 } as ReturnType<typeof genomeOf>) },
    'foreign-genome',
  ],
  ['a class too many', { ...good, classIds: [CLASSES], confidences: [0.5] }, 'unknown-class'],
  ['a confidence above 1', { ...good, classIds: [0], confidences: [1.01] }, 'confidence-out-of-range'],
  ['a negative confidence', { ...good, classIds: [0], confidences: [-0.01] }, 'confidence-out-of-range'],
  ['no confidence', { ...good, classIds: [0], confidences: [Number.NaN] }, 'confidence-out-of-range'],
  ['fewer confidences than classes', { ...good, confidences: [0.5] }, 'malformed-entry'],
  ['no classes', { ...good, classIds: [], confidences: [] }, 'malformed-entry'],
  ['half an evaluation', { ...good, evaluation: 0.5 }, 'malformed-entry'],
  ['half a forward pass', { ...good, cost: 0.5 }, 'malformed-entry'],
  ['an invalid digest', { ...good, parent: { digest: 'x', classId: 0 } }, 'malformed-entry'],
  [
    'a parent of no class',
    { ...good, parent: { digest: 'ab'.repeat(32), classId: 9 } },
    'unknown-parent-class',
  ],
])('refuses %s, counts it, and takes the rest', (_, entry, reason) => {
  const { read, refused } = intake();
  const classIds = read([entry, good]).flatMap(({ wins }) => wins.map(({ classId }) => classId));
  expect(classIds).toEqual([0, 1]);
  expect([...refused]).toEqual([[reason, 1]]);
});

it.each([
  ['no island of the run', { source: 2, moved: 1, won: 0 }],
  ['half an island', { source: 0.5, moved: 1, won: 0 }],
  ['more winners than migrants', { source: 0, moved: 1, won: 2 }],
  ['fewer than none', { source: 0, moved: 1, won: -1 }],
  ['more than can be counted', { source: 0, moved: 2 ** 32, won: 0 }],
  ['no number', { source: 0, moved: Number.NaN, won: 0 }],
])('refuses arrivals of %s, counts them, and takes the rest', (_, arrival) => {
  const { readArrivals, refused } = createIntake(createArchive(CLASSES), specOf(CLASSES, { islands: 2 }));
  const good = { source: 1, moved: 2 ** 32 - 1, won: 2 ** 32 - 1 };
  expect(readArrivals([arrival, good])).toEqual([good]);
  expect([...refused]).toEqual([['impossible-arrival', 1]]);
});

describe('a descent without its genome', () => {
  const { genome: _, ...found } = good;
  const ancestor: Ancestor = { ...found, digest: 'ab'.repeat(32) };
  const direct = specOf(CLASSES, { encoding: 'direct' });

  it('is taken in a direct run, with what it won or with nothing', () => {
    const { read, refused } = createIntake(createArchive(CLASSES), direct);
    const bare = { ...ancestor, classIds: [], confidences: [] };
    expect(read([ancestor, bare]).map(({ candidate, wins }) => [candidate.digest, wins.length])).toEqual([
      [ancestor.digest, 2],
      [ancestor.digest, 0],
    ]);
    expect([...refused]).toEqual([]);
  });

  it.each<[string, Ancestor, typeof direct, string]>([
    ['with an invalid digest', { ...ancestor, digest: 'AB' }, direct, 'malformed-entry'],
    [
      'with a class too many',
      { ...ancestor, classIds: [CLASSES], confidences: [1] },
      direct,
      'unknown-class',
    ],
    [
      'with too much confidence',
      { ...ancestor, classIds: [0], confidences: [2] },
      direct,
      'confidence-out-of-range',
    ],
    ['with fewer confidences than classes', { ...ancestor, confidences: [] }, direct, 'malformed-entry'],
    ['in a run of CPPNs, whose bytes are kept', ancestor, specOf(CLASSES), 'foreign-genome'],
  ])('is refused %s', (_, find, spec, reason) => {
    const { read, refused } = createIntake(createArchive(CLASSES), spec);
    expect(read([find])).toEqual([]);
    expect([...refused]).toEqual([[reason, 1]]);
  });
});

it('neither crashes on nor lets in anything that an archive or a store would refuse, whatever comes', () => {
  const { archive, read, refused } = intake();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.constant(good.genome),
    fc.tuple(fc.nat(good.genome.length - 1), fc.nat(255)).map(([at, byte]) => good.genome.with(at, byte)),
    fc.nat(good.genome.length).map((length) => good.genome.slice(0, length)),
  );
  const number = fc.oneof(fc.nat(CLASSES), fc.integer(), fc.double());
  const entry: fc.Arbitrary<Entry> = fc.record(
    {
      genome: bytes,
      classIds: fc.array(number, { maxLength: 5 }),
      confidences: fc.array(fc.oneof(fc.double({ min: 0, max: 1 }), fc.double()), { maxLength: 5 }),
      parent: fc.record({ digest: fc.oneof(fc.constant('ab'.repeat(32)), fc.string()), classId: number }),
      evaluation: number,
      island: number,
    },
    { requiredKeys: ['genome', 'classIds', 'confidences', 'evaluation', 'island'] },
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.array(entry, { minLength: 10, maxLength: 10 }), (entries) => {
      for (const win of read(entries).flatMap(({ wins }) => wins)) {
        if (isElite(win)) archive.merge(win);
        taken++;
      }
    }),
    { numRuns: 2000 },
  );
  const refusals = [...refused.values()].reduce((sum, count) => sum + count, 0);
  expect(refusals).toBeGreaterThan(10_000);
  expect(taken).toBeGreaterThan(0);
});
