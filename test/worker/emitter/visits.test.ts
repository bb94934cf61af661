import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../protocol/archive/archive.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import { digestOf } from '../../../protocol/encodings/digest.js';
import { randomGenome } from '../../../protocol/encodings/variation.js';
import { shapeOf } from '../../../protocol/spec/run-shape.js';
import type { Offspring } from '../../../worker/emitter/emitter.js';
import { createLongVisit } from '../../../worker/emitter/long-visit.js';
import { parametersOf } from '../../../worker/emitter/parameters.js';
import { createShortVisit } from '../../../worker/emitter/short-visit.js';
import type { Progress, Visit } from '../../../worker/emitter/visit.js';
import { CLASSES, denseSpec, linearScorer } from './linear-scorer.js';

const spec = denseSpec();
const parameters = parametersOf(spec.encoding);
const scorer = linearScorer(spec);
const CLASS = 4;

/** An elite of the class with the confidence that its genome has. */
async function eliteOf(genome = randomGenome(shapeOf(spec), randomFrom(8))): Promise<Elite> {
  const bytes = encodeGenome(genome);
  const confidence = (await scorer.score([genome]))[CLASS] ?? 0;
  return {
    classId: CLASS,
    confidence,
    candidate: { genome, bytes, digest: digestOf(bytes), evaluation: 1, island: 0 },
  };
}

async function archiveOf(elite: Elite): Promise<Archive> {
  const archive = createArchive(CLASSES);
  archive.merge(elite);
  return archive;
}

/** A visit to its end: what was asked for, and what came of it. Pictures that are surer enter the archive. */
async function follow(visit: Visit, archive?: Archive) {
  const asked: Offspring[] = [];
  const confidences: number[] = [];
  let progress: Progress = 'under way';
  while (progress === 'under way') {
    const { offspring } = visit;
    asked.push(offspring);
    const { confidences: row, gradients } = (await scorer.gradient?.([offspring.genome], [CLASS])) ?? {};
    if (row === undefined) throw new Error('no gradient');
    const elite = await eliteOf(offspring.genome);
    archive?.merge(elite);
    confidences.push(elite.confidence);
    const gradient = offspring.towards === undefined ? undefined : gradients?.[0];
    progress = visit.tell({
      ...{ offspring, confidences: row, status: 'not-added', improvement: 0, cost: 1 },
      ...(gradient && { gradient }),
    });
  }
  return { asked, confidences, progress };
}

/** Root mean square of the differences between two genomes' parameters. */
function distance(one: Offspring | undefined, other: Offspring | undefined): number {
  if (one === undefined || other === undefined) return Number.NaN;
  const [a, b] = [parameters.read(one.genome), parameters.read(other.genome)];
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length);
}

describe('a short visit', () => {
  it('ends with a step of the rate that makes the class surer, which descends from the elite', async () => {
    const elite = await eliteOf();
    const { asked, confidences, progress } = await follow(
      createShortVisit({ elite, parameters, rate: 0.05, failures: 0 }),
    );
    expect(progress).toBe('gained');
    expect(asked.map(({ towards }) => towards)).toEqual([CLASS, undefined]);
    expect(asked.map(({ parent }) => parent)).toEqual([elite, elite]);
    expect(distance(asked[0], asked[1])).toBeCloseTo(0.05, 2);
    expect(confidences[1]).toBeGreaterThan(elite.confidence);
  });

  it.each([
    [0, [27, 8.1]],
    [1, [2.43, 0.729]],
  ])(
    'after %d in vain tries steps of %j in turn, and is in vain where none gains',
    async (failures, sizes) => {
      const [elite, fromThere] = [await eliteOf(), { ...(await eliteOf()), confidence: 1 }];
      const { asked, progress } = await follow(
        createShortVisit({ elite: fromThere, parameters, rate: 27, failures }),
      );
      expect(progress).toBe('in vain');
      expect(asked.length).toBe(3);
      expect(asked[0]?.genome).toEqual(elite.candidate.genome);
      // Weights are kept within their range, and a direction's size is 1 within three tenths.
      for (const [i, size] of sizes.entries()) {
        expect(distance(asked[0], asked[i + 1]) / size).toBeGreaterThan(0.6);
        expect(distance(asked[0], asked[i + 1]) / size).toBeLessThan(1.3);
      }
    },
  );
});

describe('a long visit', () => {
  const course = { classId: CLASS, parameters, rate: 0.05 };

  it('takes all its steps, ever shorter, and the last picture without a gradient', async () => {
    const from = await eliteOf();
    const archive = await archiveOf(from);
    const { asked, progress } = await follow(
      createLongVisit({ ...course, goal: 1, from, archive, steps: 10 }),
      archive,
    );
    expect(progress).toBe('gained');
    expect(asked.map(({ towards }) => towards)).toEqual([...new Array(10).fill(CLASS), undefined]);
    const sizes = asked.slice(1).map((offspring, i) => distance(asked[i], offspring));
    for (const [i, size] of sizes.entries()) {
      const wanted = (0.05 * (10 - i)) / 10;
      expect(size / wanted).toBeGreaterThan(0.5);
      // Weights are rounded to half floats, whose steps are up to 1/250 here.
      expect(size).toBeLessThan(1.3 * wanted + 0.002);
    }
  });

  it('ends at its goal, and what it asks for descends from what held the cell', async () => {
    const from = await eliteOf();
    const archive = await archiveOf(from);
    const { asked, confidences, progress } = await follow(
      createLongVisit({ ...course, goal: 0.9, from, archive, steps: 500 }),
      archive,
    );
    expect(progress).toBe('gained');
    expect(confidences.at(-1)).toBeGreaterThanOrEqual(0.9);
    expect(Math.max(...confidences.slice(0, -1))).toBeLessThan(0.9);
    for (const [i, { parent }] of asked.entries()) {
      if (i > 1) expect(parent?.confidence).toBe(Math.max(...confidences.slice(0, i)));
    }
  });

  it('is in vain where the class is no surer in the end', async () => {
    const from = await eliteOf();
    const archive = await archiveOf({ ...from, confidence: 1 });
    const { progress } = await follow(
      createLongVisit({ ...course, goal: 1, from, archive, steps: 3 }),
      archive,
    );
    expect(progress).toBe('in vain');
  });
});
