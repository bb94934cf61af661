import { createCandidate } from '../../../protocol/archive/candidate.js';
import type { Candidate, Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { randomGenome } from '../../../protocol/encodings/variation.js';

/** A candidate for every number: the same for the same one. */
export function candidateOf(number: number, island = 0, encoding: 'cppn' | 'direct' = 'cppn'): Candidate {
  const shape = { encoding, canvas: 8, channels: 1, layers: DEFAULT_LAYERS } as const;
  const genome = randomGenome(shape, randomFrom(number, 'candidate'));
  return createCandidate(genome, { evaluation: number + 1, island });
}

/** An elite with a confidence that a float32 holds. */
export function eliteOf(classId: number, confidence: number, candidate = candidateOf(classId)): Elite {
  return { classId, confidence: Math.fround(confidence), candidate };
}
