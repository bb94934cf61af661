import { createCandidate } from '../../../protocol/archive/candidate.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import type { RandomStream } from '../../../protocol/base/random.js';
import { express } from '../../../protocol/encodings/cppn/express.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { mutateGenome, randomGenome } from '../../../protocol/encodings/variation.js';
import { shapeOf } from '../../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';

/**
 * What simulated islands find, without a network: images of real genomes, each of which takes its classes from what all
 * islands together have found so far. Every find is therefore news to the coordinator, which is the most work that it
 * can have of one.
 */
export interface Landscape {
  /** The elites of one image that wins cells, found on an island at its evaluation count. */
  find(island: number, evaluation: number): Elite[];
}

/** Genomes that finds descend from. */
const ANCESTORS = 64;
/** Expressed nodes of the ancestors: the elites of a real run had 11.5 nodes and 116 bytes (SqueezeNet, 10,000 evaluations). */
const NODES = 11;
/** Chance that an image which took a class takes a further one: 1.45 classes each, as in that run's later half. */
const FURTHER_CLASS = 0.31;
/** How far a find closes the gap to certainty: small enough that no class is certain before the bench ends. */
const STEP = 0.002;

export function createLandscape(spec: RunSpec, random: RandomStream): Landscape {
  const best = new Float32Array(spec.classes);
  const ancestors = Array.from({ length: ANCESTORS }, () =>
    createCandidate(grow(spec, random), { evaluation: 0, island: 0 }),
  );

  /** A greater confidence of the class than any before. */
  function raise(classId: number): number {
    const before = best[classId] ?? 0;
    const confidence = Math.fround(before + (1 - before) * STEP * (0.5 + random.uniform()));
    best[classId] = confidence;
    return confidence;
  }

  return {
    find(island, evaluation) {
      const ancestor = ancestors[random.below(ANCESTORS)];
      if (ancestor === undefined) return [];
      const candidate = createCandidate(mutateGenome(ancestor.genome, spec.evolution.mutation, 0, random), {
        parent: { digest: ancestor.digest, classId: random.below(spec.classes) },
        evaluation,
        island,
      });
      const classes = new Set([random.below(spec.classes)]);
      while (random.chance(FURTHER_CLASS)) classes.add(random.below(spec.classes));
      return [...classes].map((classId) => ({ classId, confidence: raise(classId), candidate }));
    },
  };
}

function grow(spec: RunSpec, random: RandomStream): Genome {
  let genome = randomGenome(shapeOf(spec), random);
  while (genome.encoding === 'cppn' && express(genome).activations.length < NODES) {
    genome = mutateGenome(genome, spec.evolution.mutation, 0, random);
  }
  return genome;
}
