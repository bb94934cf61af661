import type { Candidate } from '../../protocol/archive/elite.js';
import { INPUTS } from '../../protocol/genome/cppn.js';
import type { StoredGenome } from './store.js';

/** What the store says of a candidate's genome. */
export function describeGenome(candidate: Candidate): StoredGenome & { readonly bytes: Uint8Array } {
  const { genome, bytes, digest, parent, island, evaluation } = candidate;
  return {
    digest,
    encoding: genome.encoding,
    bytes,
    size: bytes.length,
    ...(genome.encoding === 'cppn' && {
      nodes: INPUTS.length + genome.activations.length,
      connections: genome.sources.length,
    }),
    ...(parent && { parent }),
    island,
    evaluation,
  };
}
