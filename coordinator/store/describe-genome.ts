import type { Candidate } from '../../protocol/archive/elite.js';
import { INPUTS } from '../../protocol/encodings/cppn/genome.js';
import type { StoredGenome } from './store.js';

/**
 * What the store says of a candidate's genome. The bytes of direct ones, all of which are of one size, are made when they
 * are asked for.
 */
export function describeGenome(
  candidate: Candidate,
  size?: number,
): StoredGenome & { readonly bytes: Uint8Array } {
  const { genome, digest, parent, island, evaluation } = candidate;
  return {
    digest,
    encoding: genome.encoding,
    get bytes() {
      return candidate.bytes;
    },
    size: size ?? candidate.bytes.length,
    ...(genome.encoding === 'cppn' && {
      nodes: INPUTS.length + genome.activations.length,
      connections: genome.sources.length,
    }),
    ...(parent && { parent }),
    island,
    evaluation,
  };
}
