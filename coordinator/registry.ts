import type { IslandState } from '../protocol/states.js';
import { type Checkpoint, type Farewell, NO_TOTALS, type Totals } from '../protocol/wire/messages.js';
import { type IslandRecord, isLater } from './store/store.js';
import { addTotals, maxTotals } from './totals.js';

/** An island as the coordinator knows it. */
export interface IslandInfo extends IslandRecord {
  /** The most that it has reported, in this or an earlier life. */
  readonly totals: Totals;
  /** When it last spoke: milliseconds, by the coordinator's clock; 0: not since the coordinator started. */
  readonly heardAt: number;
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
  /** An island spoke. Returns its new state if that changed it: a lost island is back. Unknown numbers are ignored. */
  hear(island: number, now: number, report?: Report): IslandState | undefined;
  /** Takes in a checkpoint unless a later one is known; returns whether it did. */
  keep(island: number, checkpoint: Checkpoint): boolean;
  /**
   * An island's last word. One that failed is lost, since its worker may be started again;
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
  /** Evaluations of all islands as of their checkpoints: those that the archive accounts for. */
  readonly accounted: number;
  /** How many islands are in these states. */
  count(...states: readonly IslandState[]): number;
}

interface Report {
  readonly totals: Totals;
  readonly device: string;
}

type Entry = { -readonly [Key in keyof IslandInfo]: IslandInfo[Key] };

export function createRegistry(limits: RegistryLimits): Registry {
  const islands = new Map<number, Entry>();
  /** Ascending by number. */
  let order: readonly Entry[] = [];
  // Kept as it changes: both are asked for with every message, of which there are thousands a second.
  const counts: Record<IslandState, number> = { joining: 0, live: 0, lost: 0, done: 0, failed: 0 };
  let accounted = 0;
  const takesPart = ({ state }: Entry) => state === 'joining' || state === 'live';

  function admit(entry: Entry): Entry {
    islands.set(entry.number, entry);
    order = [...islands.values()].sort((a, b) => a.number - b.number);
    counts[entry.state]++;
    accounted += entry.checkpoint?.totals.evaluations ?? 0;
    return entry;
  }

  function change(entry: Entry, state: IslandState): void {
    counts[entry.state]--;
    counts[state]++;
    entry.state = state;
  }

  function found(worker: string, now: number): Entry | undefined {
    let number = 0;
    while (islands.has(number)) number++;
    return number < limits.islands ? admit({ ...NOBODY, number, worker, heardAt: now }) : undefined;
  }

  return {
    restore(records) {
      for (const record of records) {
        const totals = record.checkpoint?.totals ?? NO_TOTALS;
        admit({ ...NOBODY, ...record, totals, state: 'lost', heardAt: 0 });
      }
    },
    join(worker, now) {
      const mine = order.find((entry) => entry.worker === worker);
      const founded = mine ? undefined : found(worker, now);
      const entry = mine ?? founded ?? order.find(({ state }) => state === 'lost' || state === 'failed');
      if (entry === undefined || entry.number >= limits.islands) return undefined;
      const joined = founded ? 'founded' : mine ? 'back' : 'taken-over';
      change(entry, 'joining');
      Object.assign(entry, { worker, heardAt: now, error: '', exitCode: 0 });
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
      change(entry, 'live');
      return 'live';
    },
    keep(island, checkpoint) {
      const entry = islands.get(island);
      if (entry === undefined || !isLater(checkpoint, entry.checkpoint)) return false;
      accounted += checkpoint.totals.evaluations - (entry.checkpoint?.totals.evaluations ?? 0);
      entry.checkpoint = checkpoint;
      entry.totals = maxTotals(entry.totals, checkpoint.totals);
      return true;
    },
    leave({ island, error, exitCode, totals }, final = exitCode === BAD_INPUT) {
      const entry = islands.get(island);
      if (entry === undefined) return;
      change(entry, error === '' ? 'done' : final ? 'failed' : 'lost');
      Object.assign(entry, { error, exitCode, totals: maxTotals(entry.totals, totals) });
    },
    lose(worker) {
      const entry = order.find((other) => other.worker === worker && takesPart(other));
      if (entry === undefined) return undefined;
      change(entry, 'lost');
      return entry.number;
    },
    sweep(now) {
      const silent = order.filter((entry) => {
        const patience = entry.state === 'live' ? limits.silenceMilliseconds : limits.joiningMilliseconds;
        return takesPart(entry) && now - entry.heardAt > patience;
      });
      for (const entry of silent) change(entry, 'lost');
      return silent.map(({ number }) => number);
    },
    get: (island) => islands.get(island),
    all: () => order.map((entry) => ({ ...entry })),
    members: () => order.filter(takesPart).map(({ number }) => number),
    totals: () => order.reduce((sum, { totals }) => addTotals(sum, totals), NO_TOTALS),
    get accounted() {
      return accounted;
    },
    count: (...states) => states.reduce((sum, state) => sum + counts[state], 0),
  };
}

/** Exit code of a worker that can never work. */
const BAD_INPUT = 2;

const NOBODY = { state: 'joining', device: '', totals: NO_TOTALS, error: '', exitCode: 0 } as const;
