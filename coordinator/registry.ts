import { type Checkpoint, type Farewell, NO_TOTALS, type Totals } from '../protocol/wire/messages.js';
import { type IslandRecord, type IslandState, isLater } from './store/store.js';
import { addTotals, maxTotals } from './totals.js';

/** An island as the coordinator knows it. */
export interface IslandInfo extends IslandRecord {
  /** The most that it has reported, in this or an earlier life. */
  readonly totals: Totals;
  /** Why it failed; empty when it did not. */
  readonly error: string;
  readonly exitCode: number;
}

export interface RegistryLimits {
  /** Numbers run from 0 to islands−1. */
  readonly islands: number;
  /** A live island that is silent for longer is lost. */
  readonly silenceMilliseconds: number;
  /** The same for one that is joining: it has a model to load first. */
  readonly joiningMilliseconds: number;
}

/** How an island came to its worker. */
export type Joined = 'founded' | 'back' | 'taken-over';

/**
 * The islands of a run, and what is known of each. Nobody's permission is needed to join, to leave or to die.
 * Pure: it is told what time it is (in milliseconds, any origin).
 */
export interface Registry {
  /** Islands of an earlier process of the coordinator: lost until they speak. */
  restore(records: readonly IslandRecord[]): void;
  /**
   * The island of a worker: the one it held before, else the next new one, else one whose worker is gone.
   * Undefined when all are held.
   */
  join(worker: string, now: number): { readonly island: number; readonly joined: Joined } | undefined;
  /** An island spoke. Returns its new state if that changed it: who was lost is back. Unknown numbers are ignored. */
  hear(island: number, now: number, report?: Report): IslandState | undefined;
  /** Takes in a checkpoint unless a later one is known; returns whether it did. */
  keep(island: number, checkpoint: Checkpoint): boolean;
  /**
   * An island's last word. One that failed is lost, for whoever runs its worker may start it again;
   * it has failed for good when its input was bad, or `final` says so.
   */
  leave(farewell: Farewell, final?: boolean): void;
  /** A worker's process is known to be gone. Returns its island if that was joining or live. */
  lose(worker: string): number | undefined;
  /** Islands that have been silent for too long, which are lost from now on. */
  sweep(now: number): number[];
  get(island: number): IslandInfo | undefined;
  /** Ascending by number. */
  all(): IslandInfo[];
  /** Numbers of the islands that are joining or live, ascending: those that take part. */
  members(): number[];
  /** Totals of all islands: the maximum that each has reported, added up. */
  totals(): Totals;
  /** Totals of all islands as of their checkpoints: what the archive accounts for. */
  accounted(): Totals;
}

interface Report {
  readonly totals: Totals;
  readonly device: string;
}

type Entry = { -readonly [Key in keyof IslandInfo]: IslandInfo[Key] } & { heardAt: number };

export function createRegistry(limits: RegistryLimits): Registry {
  const islands = new Map<number, Entry>();
  const sorted = () => [...islands.values()].sort((a, b) => a.number - b.number);
  const takesPart = ({ state }: Entry) => state === 'joining' || state === 'live';

  function found(worker: string, now: number): Entry | undefined {
    let number = 0;
    while (islands.has(number)) number++;
    if (number >= limits.islands) return undefined;
    const entry: Entry = { ...NOBODY, number, worker, heardAt: now };
    islands.set(number, entry);
    return entry;
  }

  return {
    restore(records) {
      for (const record of records) {
        const totals = record.checkpoint?.totals ?? NO_TOTALS;
        islands.set(record.number, { ...NOBODY, ...record, totals, state: 'lost', heardAt: 0 });
      }
    },
    join(worker, now) {
      const mine = sorted().find((entry) => entry.worker === worker);
      const founded = mine ? undefined : found(worker, now);
      const entry = mine ?? founded ?? sorted().find(({ state }) => state === 'lost' || state === 'failed');
      if (entry === undefined || entry.number >= limits.islands) return undefined;
      const joined = founded ? 'founded' : mine ? 'back' : 'taken-over';
      Object.assign(entry, { worker, state: 'joining', heardAt: now, error: '', exitCode: 0 });
      return { island: entry.number, joined };
    },
    hear(island, now, report) {
      const entry = islands.get(island);
      if (entry === undefined) return undefined;
      if (report) {
        entry.totals = maxTotals(entry.totals, report.totals);
        entry.device = report.device;
      }
      // A word that was overtaken by the farewell revives nobody.
      if (entry.state === 'done' || entry.state === 'failed') return undefined;
      entry.heardAt = now;
      if (entry.state === 'live') return undefined;
      entry.state = 'live';
      return 'live';
    },
    keep(island, checkpoint) {
      const entry = islands.get(island);
      if (entry === undefined || !isLater(checkpoint, entry.checkpoint)) return false;
      entry.checkpoint = checkpoint;
      entry.totals = maxTotals(entry.totals, checkpoint.totals);
      return true;
    },
    leave({ island, error, exitCode, totals }, final = exitCode === BAD_INPUT) {
      const entry = islands.get(island);
      if (entry === undefined) return;
      const state = error === '' ? 'done' : final ? 'failed' : 'lost';
      Object.assign(entry, { state, error, exitCode, totals: maxTotals(entry.totals, totals) });
    },
    lose(worker) {
      const entry = sorted().find((other) => other.worker === worker && takesPart(other));
      if (entry === undefined) return undefined;
      entry.state = 'lost';
      return entry.number;
    },
    sweep(now) {
      const silent = sorted().filter((entry) => {
        const patience = entry.state === 'live' ? limits.silenceMilliseconds : limits.joiningMilliseconds;
        return takesPart(entry) && now - entry.heardAt > patience;
      });
      for (const entry of silent) entry.state = 'lost';
      return silent.map(({ number }) => number);
    },
    get: (island) => islands.get(island),
    all: () => sorted().map((entry) => ({ ...entry })),
    members: () =>
      sorted()
        .filter(takesPart)
        .map(({ number }) => number),
    totals: () => sorted().reduce((sum, { totals }) => addTotals(sum, totals), NO_TOTALS),
    accounted: () =>
      sorted().reduce((sum, { checkpoint }) => addTotals(sum, checkpoint?.totals ?? NO_TOTALS), NO_TOTALS),
  };
}

/** Exit code of a worker that can never work. */
const BAD_INPUT = 2;

const NOBODY = { state: 'joining', device: '', totals: NO_TOTALS, error: '', exitCode: 0 } as const;
