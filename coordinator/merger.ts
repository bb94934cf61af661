import type { Archive, MergeStatus } from '../protocol/archive/archive.js';
import { isGoalSwitch } from '../protocol/archive/elite.js';
import type { Arrival, Entry } from '../protocol/wire/messages.js';
import type { Intake } from './intake.js';
import type { Ledger } from './ledger.js';

/** What became of a message's elites: how many found their cell empty, won it, or lost. */
export type MergeCounts = Readonly<Record<MergeStatus, number>>;

/** Takes what islands send home into the archive, and writes in the ledger what that changed. */
export interface Merger {
  /** `at`: milliseconds since 1970, and the run's evaluations so far. */
  merge(entries: readonly Entry[], at: { readonly time: number; readonly evaluation: number }): MergeCounts;
  /** Logs what an island says came to it from others by then. */
  logArrivals(island: number, arrivals: readonly Arrival[], time: number): void;
  /** All arrivals logged, added up. */
  readonly migrants: { readonly moved: number; readonly won: number };
}

export function createMerger(parts: {
  readonly archive: Archive;
  readonly intake: Pick<Intake, 'read' | 'readArrivals'>;
  readonly ledger: Pick<Ledger, 'addJump' | 'addMigration'>;
}): Merger {
  const { archive, intake, ledger } = parts;
  const migrants = { moved: 0, won: 0 };

  return {
    merge(entries, at) {
      const counts: Record<MergeStatus, number> = { new: 0, improved: 0, kept: 0 };
      for (const elite of intake.read(entries)) {
        const { status, previous } = archive.merge(elite);
        counts[status]++;
        if (status === 'kept') continue;
        ledger.addJump({
          elite,
          ...(previous && { previousConfidence: previous.confidence }),
          goalSwitch: isGoalSwitch(elite, previous),
          ...at,
        });
      }
      return counts;
    },
    logArrivals(island, arrivals, time) {
      for (const arrival of intake.readArrivals(arrivals)) {
        ledger.addMigration({ ...arrival, island, time });
        migrants.moved += arrival.moved;
        migrants.won += arrival.won;
      }
    },
    get migrants() {
      return { ...migrants };
    },
  };
}
