import type { Archive, MergeStatus } from '../../protocol/archive/archive.js';
import {
  compareElites,
  type Elite,
  isCandidate,
  isElite,
  isGoalSwitch,
  type Win,
} from '../../protocol/archive/elite.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { Arrival, Find } from '../../protocol/wire/messages.js';
import type { Spent } from '../../protocol/wire/totals.js';
import { describeGenome } from '../store/describe-genome.js';
import type { StoredGenome } from '../store/store.js';
import type { Intake, Taken } from './intake.js';
import type { Ledger } from './ledger.js';
import type { Shelf } from './shelf.js';

/** How many elites of a message found their cell empty, improved it, or were not added. */
export type MergeCounts = Readonly<Record<MergeStatus, number>>;

/** Takes what islands send home into the archive, and writes in the ledger all of it, and what it changed. */
export interface Merger {
  /** `at`: milliseconds since 1970, and what all other islands have done so far. */
  merge(entries: readonly Find[], at: { readonly time: number; readonly others: Spent }): MergeCounts;
  /** Logs what an island says came to it from others by then. */
  logArrivals(island: number, arrivals: readonly Arrival[], time: number): void;
  /** All arrivals logged, added up. */
  readonly migrants: { readonly moved: number; readonly won: number };
}

export function createMerger(parts: {
  readonly archive: Archive;
  readonly shelf: Pick<Shelf, 'hold'>;
  readonly intake: Pick<Intake, 'read' | 'readArrivals'>;
  readonly ledger: Pick<Ledger, 'addGenome' | 'addJump' | 'addMigration'>;
  readonly spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution'>;
}): Merger {
  const { archive, shelf, intake, ledger } = parts;
  const { encoding } = parts.spec;
  const commonSize = encodingOf(encoding).format.commonSize(shapeOf(parts.spec));
  const migrants = { moved: 0, won: 0 };

  function hold(taken: Taken): Taken {
    if (!isCandidate(taken.candidate)) return taken;
    const candidate = shelf.hold(taken.candidate);
    return { candidate, wins: taken.wins.map((win) => ({ ...win, candidate })) };
  }

  function describe({ candidate }: Taken): StoredGenome {
    if (!isCandidate(candidate)) return { ...candidate, encoding, size: commonSize ?? 0 };
    return describeGenome(candidate, commonSize);
  }

  return {
    merge(entries, { time, others }) {
      const counts: Record<MergeStatus, number> = { new: 0, improved: 0, 'not-added': 0 };
      const message = intake.read(entries).map(hold);
      const heirs = heirsOf(message);
      /** Descents that took a cell which their heirs, later in the message, are going to take. */
      const regents = new Map<number, Win>();

      /** What held the cell before, if the win takes it; `not-added` if not. */
      function take(win: Win): { readonly previous: Win | undefined } | 'not-added' {
        const { classId } = win;
        if (!isElite(win)) {
          const previous = regents.get(classId) ?? archive.elite(classId);
          const heir = heirs.get(win);
          const rises = previous === undefined || compareElites(win, previous) < 0;
          if (!rises || heir === undefined || compareElites(heir, win) >= 0) return 'not-added';
          regents.set(classId, win);
          return { previous };
        }
        const { status, previous } = archive.merge(win);
        if (status === 'not-added') return 'not-added';
        const regent = regents.get(classId);
        regents.delete(classId);
        return { previous: regent ?? previous };
      }

      for (const taken of message) {
        ledger.addGenome(describe(taken));
        for (const win of taken.wins) {
          const result = take(win);
          if (result === 'not-added') {
            counts['not-added']++;
            continue;
          }
          const { previous } = result;
          counts[previous ? 'improved' : 'new']++;
          ledger.addJump({
            elite: win,
            ...(previous && { previousConfidence: previous.confidence }),
            goalSwitch: isGoalSwitch(win, previous),
            ...placeOf(win, others),
            time,
          });
        }
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

/** How far the run was: the island at the birth of what won, and the others now. What an island claims may be any number. */
function placeOf({ candidate: { evaluation, cost = evaluation } }: Win, others: Spent) {
  return {
    evaluation: Math.min(others.evaluations + evaluation, Number.MAX_SAFE_INTEGER),
    cost: Math.min(others.cost + cost, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * For each descent without a genome, the next elite of its class in the message. Only beside it is the descent a jump of
 * the archive: a cell never holds what cannot be drawn, not even between two commits.
 */
function heirsOf(message: readonly Taken[]): Map<Win, Elite> {
  const heirs = new Map<Win, Elite>();
  if (message.every(({ candidate }) => isCandidate(candidate))) return heirs;
  const next = new Map<number, Elite>();
  for (const { wins } of message.toReversed()) {
    for (const win of wins) {
      if (isElite(win)) next.set(win.classId, win);
      else {
        const heir = next.get(win.classId);
        if (heir) heirs.set(win, heir);
      }
    }
  }
  return heirs;
}
