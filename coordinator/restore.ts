import { type Archive, createArchive } from '../protocol/archive/archive.js';
import { createCandidate } from '../protocol/archive/candidate.js';
import type { Elite } from '../protocol/archive/elite.js';
import { messageOf } from '../protocol/errors.js';
import { decodeGenome, digestOf } from '../protocol/genome/codec.js';
import type { StoredElite, StoreReader } from './store/store.js';
import { corrupt } from './store/store-errors.js';

/** The archive that a store holds. Throws a {@link BadInputError} when a genome in it is damaged. */
export function restoreArchive(store: StoreReader): Archive {
  const archive = createArchive(store.labels.length);
  for (const elite of readElites(store)) archive.merge(elite);
  return archive;
}

/** The elites that a store holds, in class order; classes that share a genome share a candidate. */
export function readElites(store: Pick<StoreReader, 'elites'>): Elite[] {
  const candidates = new Map<string, Elite['candidate']>();
  return store.elites().map(({ jump, genome }) => {
    const candidate = candidates.get(genome.digest) ?? candidateOf(genome);
    candidates.set(genome.digest, candidate);
    return { classId: jump.classId, confidence: jump.confidence, candidate };
  });
}

function candidateOf(genome: StoredElite['genome']): Elite['candidate'] {
  const { bytes, digest, parent, island, evaluation } = genome;
  if (digestOf(bytes) !== digest) throw corrupt('archive.db', `genome ${digest} with other bytes`);
  try {
    return createCandidate(
      decodeGenome(bytes),
      { ...(parent && { parent }), island, evaluation },
      { bytes, digest },
    );
  } catch (cause) {
    throw corrupt('archive.db', `genome ${digest} that is none (${messageOf(cause)})`, cause);
  }
}
