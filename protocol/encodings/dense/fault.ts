import type { GenomeFault } from '../faults.js';
import { halfOf } from '../operators/half.js';
import { ACTIVATIONS, DENSE_LIMITS, type DenseGenome, WEIGHT_RANGE, weightCount } from './genome.js';

const GREATEST = halfOf(WEIGHT_RANGE);

/** The first rule that a dense genome breaks; undefined where it is valid. */
export function denseFault(genome: DenseGenome): GenomeFault | undefined {
  const { channels, layers, width, weights } = genome;
  if (channels !== 1 && channels !== 3) return 'outputs';
  if (!isCount(layers, DENSE_LIMITS.layers) || !isCount(width, DENSE_LIMITS.width)) return 'layers';
  if (width % ACTIVATIONS.length !== 0) return 'layers';
  if (weights.length !== weightCount(genome)) return 'gene-length';
  // Without their signs the bits of half floats are in the order of the numbers; what is infinite or no number comes last.
  for (let i = 0; i < weights.length; i++) if (((weights[i] as number) & 0x7fff) > GREATEST) return 'weight';
  return undefined;
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
