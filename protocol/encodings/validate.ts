import { type GenomeFault, InvalidGenomeError } from './faults.js';
import type { Genome } from './genome.js';
import { formatOf } from './lookup.js';
import { isEncoding } from './names.js';

/** Throws an {@link InvalidGenomeError} unless the genome keeps every rule and limit of its encoding. */
export function validateGenome(genome: Genome): void {
  const fault = genomeFault(genome);
  if (fault !== undefined) throw new InvalidGenomeError(fault);
}

/** The first rule that a genome breaks; undefined where it is valid. Linear in its size. */
export function genomeFault(genome: Genome): GenomeFault | undefined {
  // Only a caller that went round the types asks about another encoding.
  return isEncoding(genome.encoding) ? formatOf(genome).fault(genome) : 'malformed';
}
