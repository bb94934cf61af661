import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { randomDense } from '../../../protocol/encodings/dense/variation.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import { drawAim } from '../../../worker/emitter/aim.js';
import { createFailures, type Failures } from '../../../worker/emitter/failures.js';
import { denseSpec } from './linear-scorer.js';

/** An archive in which class c has the c-th confidence. */
function archiveOf(confidences: readonly number[]): Archive {
  const archive = createArchive(confidences.length);
  const genome = randomDense({ channels: 1, layers: 1, width: 4 }, randomFrom(1));
  const bytes = encodeGenome(genome);
  const candidate = { genome, bytes, digest: digestOf(bytes), evaluation: 1, island: 0 };
  for (const [classId, confidence] of confidences.entries())
    archive.merge({ classId, confidence, candidate });
  return archive;
}

/** What islands 0 … n − 1 aim at, in 200 draws each. */
function aims(
  confidences: readonly number[],
  islands: number,
  { visited = [], failures = createFailures() }: { visited?: readonly number[]; failures?: Failures } = {},
) {
  const archive = archiveOf(confidences);
  const spec = denseSpec({ islands });
  return Array.from({ length: islands }, (_, island) => {
    const parts = { archive, random: randomFrom(island, 'aims'), island, spec };
    const drawn = Array.from({ length: 200 }, () => drawAim(parts, visited, failures));
    const ids = new Set(drawn.map(({ elite }) => elite.classId));
    return { ids: [...ids].sort((a, b) => a - b), goals: [...new Set(drawn.map(({ goal }) => goal))] };
  });
}

describe('the next visit', () => {
  it('is of a class of the island’s own share, so that islands do not take the same steps', () => {
    const low = Array.from({ length: 9 }, () => 0.1);
    expect(aims(low, 3).map(({ ids }) => ids)).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ]);
  });

  it('is of any class that is not solved, where the share has none or all are visited', () => {
    expect(aims([0.95, 0.1, 0.95, 0.1], 2).map(({ ids }) => ids)).toEqual([
      [1, 3],
      [1, 3],
    ]);
    expect(aims([0.1, 0.1, 0.1, 0.1], 2, { visited: [0, 2] })[0]?.ids).toEqual([1, 3]);
  });

  it('is not of a class of the share that was visited in vain four times, as long as other shares need visits', () => {
    const failures = createFailures();
    for (let time = 0; time < 3; time++) failures.add(0);
    const confidences = [0.1, 0.1, 0.95, 0.1];
    expect(aims(confidences, 2, { failures })[0]?.ids).toEqual([0]);
    failures.add(0);
    expect(aims(confidences, 2, { failures })[0]?.ids).toEqual(expect.arrayContaining([1, 3]));
    expect(aims([0.1, 0.95, 0.95, 0.95], 2, { failures }).map(({ ids }) => ids)).toEqual([[0], [0]]);
  });

  it('is of the surest class on an island that is alone, however often it was visited in vain', () => {
    const failures = createFailures();
    for (let time = 0; time < 4; time++) failures.add(0);
    expect(aims([0.8, 1e-4], 1, { failures })[0]?.ids).toContain(0);
  });

  it('is of any class at all where all are solved, and has no end but the steps', () => {
    const [first, second] = aims([0.995, 0.995, 0.995, 0.995], 2);
    expect(first).toEqual({ ids: [0, 1, 2, 3], goals: [1] });
    expect(second).toEqual(first);
  });

  it('goes for .9 until all but few classes have it, then for .99', () => {
    const nearly = Array.from({ length: 100 }, () => 0.95);
    expect(aims(nearly.with(0, 0.1).with(1, 0.1).with(2, 0.1).with(3, 0.1), 1)[0]).toEqual({
      ids: [0, 1, 2, 3],
      goals: [0.9],
    });
    const [few] = aims(nearly.with(0, 0.1), 1);
    expect(few?.goals).toEqual([0.99]);
    expect(few?.ids.length).toBeGreaterThan(50);
  });
});
