import type { Archive } from '../../protocol/archive/archive.js';
import type { Encoding } from '../../protocol/encodings/genome.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import type { LiveCell } from '../../protocol/wire/live.js';
import type { FeedEvent } from '../feed.js';
import type { StoreReader } from '../store/store.js';

/** The cells of an archive as they are stored, with the time at which each changed. */
export interface ShownCells {
  filled(): Iterable<number>;
  cell(classId: number): LiveCell | undefined;
  /** Stops following the coordinator. */
  stop(): void;
}

/**
 * `committed` is to have heard of a jump before this does. `subscribe` is absent where nothing changes any more;
 * `onChange` is told of each class whose cell has a new elite.
 */
export function showCells(parts: {
  readonly committed: Pick<Archive, 'elite' | 'elites'>;
  readonly store: Pick<StoreReader, 'takenAt'>;
  readonly encoding: Encoding;
  readonly subscribe?: (listener: (event: FeedEvent) => void) => () => void;
  readonly onChange: (classId: number) => void;
}): ShownCells {
  const { committed, store, encoding, subscribe, onChange } = parts;
  const sendsGenomes = encodingOf(encoding).format.keeping.archived === 'memory';
  const changed = store.takenAt();
  const stop = subscribe?.((event) => {
    if (event.type !== 'jump') return;
    const { elite, time } = event.jump;
    const { classId, candidate } = elite;
    // An elite that a later one of the same commit has replaced is not shown.
    if (committed.elite(classId)?.candidate.digest !== candidate.digest) return;
    changed[classId] = time;
    onChange(classId);
  });
  return {
    *filled() {
      for (const { classId } of committed.elites()) yield classId;
    },
    cell(classId) {
      const elite = committed.elite(classId);
      if (elite === undefined) return undefined;
      const { candidate, confidence } = elite;
      const { digest, island, evaluation } = candidate;
      return {
        classId,
        confidence,
        digest,
        // Genomes that a coordinator does not hold in memory are large: a page asks for their pictures instead.
        ...(sendsGenomes && { genome: candidate.bytes }),
        island,
        evaluation,
        changed: changed[classId] ?? 0,
      };
    },
    stop: () => stop?.(),
  };
}
