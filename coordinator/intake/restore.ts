import { type Archive, createArchive } from '../../protocol/archive/archive.js';
import { createCandidate } from '../../protocol/archive/candidate.js';
import type { Candidate, Elite } from '../../protocol/archive/elite.js';
import { messageOf } from '../../protocol/base/errors.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import type { Digest } from '../../protocol/encodings/genome.js';
import type { StoredElite, StoreReader } from '../store/store.js';
import { corrupt } from '../store/store-errors.js';

/**
 * The archive that a store holds, of candidates as `keep` makes them of what was read. Throws a {@link BadInputError} when
 * a genome in it is damaged.
 */
export function restoreArchive(
  store: Pick<StoreReader, 'labels' | 'elites'>,
  keep = (candidate: Candidate) => candidate,
): Archive {
  const archive = createArchive(store.labels.length);
  const candidates = new Map<Digest, Candidate>();
  // One by one: the genomes of all classes need never be in memory together.
  store.labels.forEach((_, classId) => {
    for (const elite of eachElite(store.elites(classId), candidates, keep)) archive.merge(elite);
  });
  return archive;
}

/** The elites that a store holds, in class order; classes that share a genome share a candidate. */
export function readElites(store: Pick<StoreReader, 'elites'>): Elite[] {
  return [...eachElite(store.elites(), new Map(), (candidate) => candidate)];
}

function* eachElite(
  stored: readonly StoredElite[],
  candidates: Map<Digest, Candidate>,
  keep: (candidate: Candidate) => Candidate,
): Generator<Elite> {
  for (const { jump, genome } of stored) {
    const candidate = candidates.get(genome.digest) ?? keep(readCandidate(genome));
    candidates.set(genome.digest, candidate);
    yield { classId: jump.classId, confidence: jump.confidence, candidate };
  }
}

/** The candidate that a stored genome is. Throws a {@link BadInputError} when it is damaged. */
export function readCandidate(genome: StoredElite['genome']): Candidate {
  const { bytes, digest, parent, island, evaluation } = genome;
  if (digestOf(bytes) !== digest)
    throw corrupt('archive.db', `holds bytes that do not match the digest of the genome ${digest}`);
  try {
    return createCandidate(
      decodeGenome(bytes),
      { ...(parent && { parent }), island, evaluation },
      { bytes, digest },
    );
  } catch (cause) {
    throw corrupt('archive.db', `has a damaged genome ${digest} (${messageOf(cause)})`, cause);
  }
}
