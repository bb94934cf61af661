import type { GenomeFault } from '../faults.js';
import { DIRECT_LIMITS, type DirectGenome } from './genome.js';

/** The first rule that a direct genome breaks; undefined where it is valid. */
export function directFault({ width, height, channels, genes }: DirectGenome): GenomeFault | undefined {
  if (channels !== 1 && channels !== 3) return 'outputs';
  const samples = width * height * channels;
  if (!isCount(width) || !isCount(height) || samples > DIRECT_LIMITS.samples) return 'samples';
  return genes.length === samples ? undefined : 'gene-length';
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
