import { encodeGenome } from '../genome/codec.js';
import { digestOf } from '../genome/digest.js';
import type { Digest, Genome } from '../genome/genome.js';
import type { Candidate, Parent } from './elite.js';

/** Where a candidate comes from. */
export interface Origin {
  readonly parent?: Parent;
  /** The island's evaluation count when it was evaluated, from 1. */
  readonly evaluation: number;
  /** Where it was born. */
  readonly island: number;
}

/**
 * A candidate whose canonical bytes and digest are made when first asked for: most offspring improve nothing,
 * and nobody ever asks. A direct genome's bytes are made anew each time: they are its genes once more, hundreds of
 * kilobytes, of which an archive would otherwise hold two copies of each.
 */
export function createCandidate(
  genome: Genome,
  origin: Origin,
  known?: { readonly bytes: Uint8Array; readonly digest?: Digest },
): Candidate {
  const keeps = genome.encoding === 'cppn';
  let bytes = keeps ? known?.bytes : undefined;
  let digest = known?.digest;
  return {
    genome,
    ...origin,
    get bytes() {
      const made = bytes ?? encodeGenome(genome);
      if (keeps) bytes = made;
      return made;
    },
    get digest() {
      digest ??= digestOf(this.bytes);
      return digest;
    },
  };
}
