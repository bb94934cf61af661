import { encodeGenome } from '../encodings/codec.js';
import { digestOf } from '../encodings/digest.js';
import type { Digest, Genome } from '../encodings/genome.js';
import { formatOf } from '../encodings/lookup.js';
import type { Candidate, Parent } from './elite.js';

/** Whether two candidates have one genome, by its bytes: they mostly differ early, where digests read to the end. */
export function isSameGenome(a: Candidate, b: Candidate): boolean {
  return a === b || Buffer.compare(a.bytes, b.bytes) === 0;
}

/** Where a candidate comes from. */
export interface Origin {
  readonly parent?: Parent;
  /** The island's evaluation count when it was evaluated, from 1. */
  readonly evaluation: number;
  /** The island's forward passes by then; absent where each evaluation was one. */
  readonly cost?: number;
  /** Where it was born. */
  readonly island: number;
}

/**
 * A candidate whose canonical bytes and digest are made when first asked for: most offspring improve nothing,
 * so their bytes are never needed. Bytes that are `known` are kept where the encoding says so ({@link Keeping.bytes}).
 */
export function createCandidate(
  genome: Genome,
  origin: Origin,
  known?: { readonly bytes: Uint8Array; readonly digest?: Digest },
): Candidate {
  let bytes = formatOf(genome).keeping.bytes ? known?.bytes : undefined;
  let digest = known?.digest;
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
