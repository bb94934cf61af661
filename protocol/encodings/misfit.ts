import type { GenomeShape } from './encoding.js';
import type { Genome } from './genome.js';
import { formatOf } from './lookup.js';

/**
 * Why a genome cannot have been born in a run, in words; undefined when it can: what is drawn from another canvas is
 * another picture.
 */
export function misfit(genome: Genome, run: GenomeShape): string | undefined {
  return otherEncoding(genome.encoding, run) ?? formatOf(genome).misfit(genome, run);
}

/** The same of an encoding's name. */
export function otherEncoding(
  found: string,
  { encoding }: Pick<GenomeShape, 'encoding'>,
): string | undefined {
  return found === encoding ? undefined : `its encoding is ${found}, but the run's is ${encoding}`;
}
