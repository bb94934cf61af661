import { digestOf, encodeGenome } from '../genome/codec.js';
import type { Genome } from '../genome/genome.js';
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
 * and nobody ever asks.
 */
export function createCandidate(genome: Genome, origin: Origin, known?: { bytes: Uint8Array }): Candidate {
  let bytes = known?.bytes;
  let digest: string | undefined;
  return {
    genome,
    ...origin,
    get bytes() {
      bytes ??= encodeGenome(genome);
      return bytes;
    },
    get digest() {
      digest ??= digestOf(this.bytes);
      return digest;
    },
  };
}
