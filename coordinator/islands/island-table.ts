import type { IslandState } from '../../protocol/base/states.js';
import type { Checkpoint } from '../../protocol/wire/messages.js';
import { maxTotals } from '../../protocol/wire/totals.js';
import { isLater } from '../store/store.js';
import type { IslandInfo } from './registry.js';

export type IslandRow = { -readonly [Key in keyof IslandInfo]: IslandInfo[Key] };

/**
 * The islands of a run in memory, with figures that are kept as they change: they are asked for with every message, of
 * which there are thousands a second.
 */
export interface IslandTable {
  get(island: number): IslandRow | undefined;
  /** Ascending by number. */
  readonly rows: readonly IslandRow[];
  add(row: IslandRow): IslandRow;
  setState(row: IslandRow, state: IslandState): void;
  /** Returns whether that changed anything. */
  setSuspect(row: IslandRow, suspect: boolean): boolean;
  /** Takes in a checkpoint unless a later one is known; returns whether it did. */
  keep(row: IslandRow, checkpoint: Checkpoint): boolean;
  /** Numbers of the suspect islands, ascending. */
  readonly suspects: readonly number[];
  /** Evaluations of all islands as of their checkpoints. */
  readonly accounted: number;
  /** Forward passes of all islands as of their checkpoints. */
  readonly accountedCost: number;
  count(state: IslandState): number;
}

export function createIslandTable(): IslandTable {
  const islands = new Map<number, IslandRow>();
  let rows: readonly IslandRow[] = [];
  const counts: Record<IslandState, number> = { joining: 0, live: 0, lost: 0, done: 0, failed: 0 };
  let accounted = 0;
  let accountedCost = 0;
  let suspects: readonly number[] = [];

  return {
    get: (island) => islands.get(island),
    get rows() {
      return rows;
    },
    add(row) {
      islands.set(row.number, row);
      rows = [...islands.values()].sort((a, b) => a.number - b.number);
      counts[row.state]++;
      accounted += row.checkpoint?.totals.evaluations ?? 0;
      accountedCost += row.checkpoint?.totals.cost ?? 0;
      return row;
    },
    setState(row, state) {
      counts[row.state]--;
      counts[state]++;
      row.state = state;
    },
    setSuspect(row, suspect) {
      if (row.suspect === suspect) return false;
      row.suspect = suspect;
      suspects = rows.filter((each) => each.suspect).map(({ number }) => number);
      return true;
    },
    keep(row, checkpoint) {
      if (!isLater(checkpoint, row.checkpoint)) return false;
      accounted += checkpoint.totals.evaluations - (row.checkpoint?.totals.evaluations ?? 0);
      accountedCost += checkpoint.totals.cost - (row.checkpoint?.totals.cost ?? 0);
      row.checkpoint = checkpoint;
      row.totals = maxTotals(row.totals, checkpoint.totals);
      return true;
    },
    get suspects() {
      return suspects;
    },
    get accounted() {
      return accounted;
    },
    get accountedCost() {
      return accountedCost;
    },
    count: (state) => counts[state],
  };
}
