import type { RandomStream } from '../../protocol/base/random.js';
import type { GenomeShape } from '../../protocol/encodings/encoding.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { formatOf } from '../../protocol/encodings/lookup.js';
import type { MutationSpec } from '../../protocol/encodings/mutation-spec.js';
import { mutateGenome, randomGenome } from '../../protocol/encodings/variation.js';

/** Nodes that a genome expresses, inputs not counted; 0 for an encoding whose genomes do not grow. */
export function expressedNodes(genome: Genome): number {
  return formatOf(genome).expressed?.(genome).nodes ?? 0;
}

/**
 * A random genome, mutated until it expresses `nodes` nodes or more; one of an encoding whose genomes do not grow, as it
 * starts.
 */
export function grow(
  shape: GenomeShape,
  nodes: number,
  mutation: MutationSpec,
  random: RandomStream,
): Genome {
  let genome = randomGenome(shape, random);
  if (formatOf(genome).expressed === undefined) return genome;
  while (expressedNodes(genome) < nodes) genome = mutateGenome(genome, mutation, 0, random);
  return genome;
}
