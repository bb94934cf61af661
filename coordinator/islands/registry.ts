import type { IslandState } from '../../protocol/base/states.js';
import type { Checkpoint, Ending, Farewell } from '../../protocol/wire/messages.js';
import { addTotals, maxTotals, NO_TOTALS, type Totals } from '../../protocol/wire/totals.js';
import type { IslandRecord } from '../store/store.js';
import { createIslandTable, type IslandRow } from './island-table.js';

/** An island as the coordinator knows it. */
export interface IslandInfo extends IslandRecord {
  /** The most that it has reported, in this or an earlier life. */
  readonly totals: Totals;
  /** When it last spoke: milliseconds, by the coordinator's clock; 0: not since the coordinator started. */
  readonly heardAt: number;
  /** Why it left, failed or is unfit; empty when it did not. */
  readonly error: string;
  /** An audit found that what it sends does not hold: nothing is taken from it until an operator trusts it again. */
  readonly suspect: boolean;
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
  restore(records: readonly IslandRecord[], suspects: ReadonlySet<number>): void;
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
   * An island's last word. One that left or failed is lost, since a worker may take it up again; one that is unfit has
   * failed for good.
   */
  leave(farewell: Farewell): void;
  /** A worker's process is known to be gone. Returns its island if that was joining or live. */
  lose(worker: string): number | undefined;
  /** Islands that have been silent for too long, which are lost from now on. */
  sweep(now: number): number[];
  /** Makes an island suspect, or trusts it again. Returns whether that changed anything. */
  suspect(island: number, suspect: boolean): boolean;
  get(island: number): IslandInfo | undefined;
  /** Ascending by number. */
  all(): IslandInfo[];
  /** Numbers of the islands that are joining or live and not suspect, ascending: those that take part. */
  members(): number[];
  /** Numbers of the suspect islands, ascending. */
  readonly suspects: readonly number[];
  /** Totals of all islands: the maximum that each has reported, added up. */
  totals(): Totals;
  /** Evaluations of all islands as of their checkpoints: those that the archive accounts for. */
  readonly accounted: number;
  /** The same in forward passes. */
  readonly accountedCost: number;
  /** How many islands are in these states. */
  count(...states: readonly IslandState[]): number;
}

interface Report {
  readonly totals: Totals;
  readonly device: string;
}

export function createRegistry(limits: RegistryLimits): Registry {
  const table = createIslandTable();
  const takesPart = ({ state }: IslandRow) => state === 'joining' || state === 'live';

  function setSuspect(island: number, suspect: boolean): boolean {
    const row = table.get(island);
    return row !== undefined && table.setSuspect(row, suspect);
  }

  function found(worker: string, now: number): IslandRow | undefined {
    let number = 0;
    while (table.get(number)) number++;
    return number < limits.islands ? table.add({ ...NOBODY, number, worker, heardAt: now }) : undefined;
  }

  return {
    restore(records, distrusted) {
      for (const record of records) {
        const totals = record.checkpoint?.totals ?? NO_TOTALS;
        table.add({ ...NOBODY, ...record, totals, state: 'lost', heardAt: 0 });
      }
      for (const island of distrusted) setSuspect(island, true);
    },
    join(worker, now) {
      const mine = table.rows.find((row) => row.worker === worker);
      const founded = mine ? undefined : found(worker, now);
      const row = mine ?? founded ?? table.rows.find(({ state }) => state === 'lost' || state === 'failed');
      if (row === undefined || row.number >= limits.islands) return undefined;
      const joined = founded ? 'founded' : mine ? 'back' : 'taken-over';
      table.setState(row, 'joining');
      Object.assign(row, { worker, heardAt: now, error: '' });
      return { island: row.number, joined };
    },
    hear(island, now, report) {
      const row = table.get(island);
      if (row === undefined) return undefined;
      if (report) {
        row.totals = maxTotals(row.totals, report.totals);
        row.device = report.device;
      }
      // A word that was overtaken by the farewell revives nobody.
      if (row.state === 'done' || row.state === 'failed') return undefined;
      row.heardAt = now;
      if (row.state === 'live') return undefined;
      table.setState(row, 'live');
      return 'live';
    },
    keep(island, checkpoint) {
      const row = table.get(island);
      return row !== undefined && table.keep(row, checkpoint);
    },
    leave({ island, ending, error, totals }) {
      const row = table.get(island);
      if (row === undefined) return;
      table.setState(row, STATE_AFTER[ending]);
      Object.assign(row, { error, totals: maxTotals(row.totals, totals) });
    },
    lose(worker) {
      const row = table.rows.find((other) => other.worker === worker && takesPart(other));
      if (row === undefined) return undefined;
      table.setState(row, 'lost');
      return row.number;
    },
    sweep(now) {
      const silent = table.rows.filter((row) => {
        const patience = row.state === 'live' ? limits.silenceMilliseconds : limits.joiningMilliseconds;
        return takesPart(row) && now - row.heardAt > patience;
      });
      for (const row of silent) table.setState(row, 'lost');
      return silent.map(({ number }) => number);
    },
    suspect: setSuspect,
    get: table.get,
    all: () => table.rows.map((row) => ({ ...row })),
    members: () => table.rows.filter((row) => takesPart(row) && !row.suspect).map(({ number }) => number),
    get suspects() {
      return table.suspects;
    },
    totals: () => table.rows.reduce((sum, { totals }) => addTotals(sum, totals), NO_TOTALS),
    get accounted() {
      return table.accounted;
    },
    get accountedCost() {
      return table.accountedCost;
    },
    count: (...states) => states.reduce((sum, state) => sum + table.count(state), 0),
  };
}

/** The state of an island after its last word. */
const STATE_AFTER = {
  done: 'done',
  left: 'lost',
  failed: 'lost',
  unfit: 'failed',
} as const satisfies Record<Ending, IslandState>;

const NOBODY = {
  state: 'joining',
  device: '',
  totals: NO_TOTALS,
  error: '',
  suspect: false,
} as const;
