import type { StoredGenome, StoreReader } from '../../coordinator/store/store.js';
import type { Digest } from '../../protocol/encodings/genome.js';

/** A genome and its ancestors, itself first, as far back as they are stored. Empty when it is not stored itself. */
export function lineageOf(store: Pick<StoreReader, 'genome'>, digest: Digest): StoredGenome[] {
  const line = new Map<Digest, StoredGenome>();
  // What an island says of a parent is hearsay: a circle of parents must not hold us.
  for (let next: Digest | undefined = digest; next !== undefined && !line.has(next); ) {
    const genome = store.genome(next);
    if (genome === undefined) break;
    line.set(next, genome);
    next = genome.parent?.digest;
  }
  return [...line.values()];
}
