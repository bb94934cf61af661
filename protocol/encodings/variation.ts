import type { RandomStream } from '../base/random.js';
import type { Breeding, GenomeShape } from './encoding.js';
import type { Genome } from './genome.js';
import { encodingOf } from './lookup.js';
import type { MutationSpec } from './mutation-spec.js';

/** A genome of the first generation. */
export function randomGenome(shape: GenomeShape, random: RandomStream): Genome {
  return encodingOf(shape.encoding).variation.random(shape, random);
}

/**
 * A child of a valid genome, itself valid. `generation`, from 0, sets the rate of a direct genome. Where the encoding
 * crosses genomes, it is first crossed with the `mate`; its memory comes from the `pool`, where there is one.
 */
export function mutateGenome(
  genome: Genome,
  mutation: MutationSpec,
  generation: number,
  random: RandomStream,
  { mate, pool }: Pick<Breeding<Genome>, 'mate' | 'pool'> = {},
): Genome {
  const { variation } = encodingOf(genome.encoding);
  return variation.child(genome, { mutation, generation, random, mate, pool });
}
