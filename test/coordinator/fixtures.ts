import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCandidate } from '../../protocol/archive/candidate.js';
import type { Candidate, Elite } from '../../protocol/archive/elite.js';
import { entriesOf } from '../../protocol/archive/entries.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Encoding, Genome } from '../../protocol/encodings/genome.js';
import { DEFAULT_LAYERS } from '../../protocol/encodings/layers-spec.js';
import { randomGenome } from '../../protocol/encodings/variation.js';
import { fillSpec } from '../../protocol/spec/fill-spec.js';
import type { RunSpec, RunSpecInput } from '../../protocol/spec/run-spec.js';
import type { Checkpoint, Entry } from '../../protocol/wire/messages.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';

export const CANVAS = 8;

/** A valid genome for every number: the same for the same one. */
export function genomeOf(number: number, encoding: Encoding = 'cppn'): Genome {
  const random = randomFrom(number, 'genome');
  if (encoding === 'direct') {
    const genes = Uint16Array.from({ length: CANVAS * CANVAS }, () => random.below(65_536));
    return { encoding, width: CANVAS, height: CANVAS, channels: 1, genes };
  }
  if (encoding === 'dense') {
    return randomGenome({ encoding, canvas: CANVAS, channels: 1, layers: DEFAULT_LAYERS }, random);
  }
  return {
    encoding,
    canvas: CANVAS,
    outputs: 1,
    activations: Uint8Array.of(random.below(4)),
    sources: Uint16Array.of(0, 1, 2, 3),
    targets: Uint16Array.of(4, 4, 4, 4),
    weights: Float32Array.from({ length: 4 }, () => random.uniform() * 20 - 10),
  };
}

export function candidateOf(number: number, encoding: Encoding = 'cppn', parent?: Candidate): Candidate {
  return createCandidate(genomeOf(number, encoding), {
    island: 0,
    evaluation: number + 1,
    ...(parent && { parent: { digest: parent.digest, classId: 0 } }),
  });
}

/** An elite with a confidence that a float32 holds. */
export function eliteOf(classId: number, confidence: number, candidate: Candidate): Elite {
  return { classId, confidence: Math.fround(confidence), candidate };
}

export function entryOf(number: number, classIds: readonly number[], confidence: number): Entry {
  const candidate = candidateOf(number);
  const [entry] = entriesOf(classIds.map((classId) => eliteOf(classId, confidence, candidate)));
  if (entry === undefined) throw new Error('an entry needs a class');
  return entry;
}

export function checkpointAt(evaluations: number, neutral = 0): Checkpoint {
  return {
    totals: { ...NO_TOTALS, evaluations, neutral, generations: Math.floor(evaluations / 10) },
    random: randomFrom(evaluations, 'checkpoint').save(),
  };
}

export function labelsOf(classes: number): string[] {
  return Array.from({ length: classes }, (_, classId) => `label ${classId}`);
}

export function specOf(classes: number, input: RunSpecInput = {}): RunSpec {
  const facts = { digest: 'ab'.repeat(32), classes, side: CANVAS, channels: 1, batch: 8 } as const;
  return fillSpec({ ...input, name: 'test', seed: 1, model: 'digits' }, facts);
}

/** An empty directory, and how to get rid of it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'atoll-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
