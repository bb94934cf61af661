import type { RandomStream } from '../base/random.js';
import type { MutationSpec, RunSpec } from '../spec/run-spec.js';
import { mutateCppn, randomCppn } from './cppn/variation.js';
import { mutateDirect, randomDirect, rateAt } from './direct/variation.js';
import type { Genome } from './genome.js';
import type { GenePool } from './operators/gene-pool.js';
import { crossSbx } from './operators/sbx.js';

/** What kind of genome a run evolves. */
export type GenomeShape = Pick<RunSpec, 'encoding' | 'canvas' | 'channels'>;

/** A genome of the first generation. */
export function randomGenome(shape: GenomeShape, random: RandomStream): Genome {
  const { encoding, canvas, channels } = shape;
  return encoding === 'cppn' ? randomCppn(canvas, channels, random) : randomDirect(canvas, channels, random);
}

/**
 * A child of a valid genome, itself valid. `generation`, from 0, sets the rate of a direct genome. With a `mate` a direct
 * genome of the same shape is first crossed with it (SBX, one of the two children); a CPPN has no crossover and ignores it.
 * A direct child's genes come from the `pool`, where there is one.
 */
export function mutateGenome(
  genome: Genome,
  spec: MutationSpec,
  generation: number,
  random: RandomStream,
  { mate, pool }: { readonly mate?: Genome | undefined; readonly pool?: GenePool } = {},
): Genome {
  if (genome.encoding === 'cppn') return mutateCppn(genome, spec, random);
  const crossed =
    mate?.encoding === 'direct'
      ? { ...genome, genes: crossSbx(genome.genes, mate.genes, spec.crossoverEta, random)[0] }
      : genome;
  return mutateDirect(crossed, rateAt(spec.rate, spec.halveEvery, generation), spec.eta, random, pool?.copy);
}
