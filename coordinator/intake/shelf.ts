import { type Candidate, isCandidate } from '../../protocol/archive/elite.js';
import { decodeGenome } from '../../protocol/encodings/codec.js';
import type { Digest, Encoding } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import type { Jump, StoreReader } from '../store/store.js';

/**
 * Holds the genomes of an archive that are too large for memory: a thousand direct ones are hundreds of megabytes, and
 * are needed only when a worker joins. They are read from the store. Small genomes stay in memory ({@link Keeping.archived}).
 */
export interface Shelf {
  /** The same candidate, whose genome stays in memory until it is put away. */
  hold(candidate: Candidate): Candidate;
  /** These jumps are stored: their genomes are read from the store from now on, as long as they hold a cell there. */
  put(jumps: readonly Jump[]): void;
  /** A candidate that is stored already. */
  stored(candidate: Candidate): Candidate;
}

export function createShelf(store: Pick<StoreReader, 'genome'>, encoding: Encoding): Shelf {
  if (encodingOf(encoding).format.keeping.archived === 'memory')
    return { hold: (candidate) => candidate, put() {}, stored: (candidate) => candidate };
  const shelved = new WeakMap<Candidate, ShelvedCandidate>();

  function read(digest: Digest): Uint8Array {
    const bytes = store.genome(digest)?.bytes;
    if (bytes === undefined) throw new Error(`genome ${digest} is asked for, and holds no cell of the store`);
    return bytes;
  }

  function shelvedOf(candidate: Candidate): ShelvedCandidate {
    const made = shelve(candidate, read);
    shelved.set(made, made);
    return made;
  }

  return {
    hold: shelvedOf,
    put(jumps) {
      for (const { elite } of jumps) {
        if (isCandidate(elite.candidate)) shelved.get(elite.candidate)?.put();
      }
    },
    stored(candidate) {
      const made = shelvedOf(candidate);
      made.put();
      return made;
    },
  };
}

interface ShelvedCandidate extends Candidate {
  put(): void;
}

/** A candidate that holds its genome until it is put away, and reads it each time from then on. */
function shelve(candidate: Candidate, read: (digest: Digest) => Uint8Array): ShelvedCandidate {
  const { digest, parent, evaluation, cost, island } = candidate;
  let held: Candidate | undefined = candidate;
  return {
    digest,
    evaluation,
    ...(cost !== undefined && { cost }),
    island,
    ...(parent && { parent }),
    get genome() {
      return held?.genome ?? decodeGenome(read(digest));
    },
    get bytes() {
      return held?.bytes ?? read(digest);
    },
    put() {
      held = undefined;
    },
  };
}
