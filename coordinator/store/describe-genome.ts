import type { Candidate } from '../../protocol/archive/elite.js';
import { formatOf } from '../../protocol/encodings/lookup.js';
import type { StoredGenome } from './store.js';

/**
 * What the store says of a candidate's genome. Where the `size` of its bytes is known, they are made when they are asked
 * for.
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
    ...formatOf(genome).describe(genome),
    ...(parent && { parent }),
    island,
    evaluation,
  };
}
