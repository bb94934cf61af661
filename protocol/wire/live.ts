import type { IslandState, RunState } from '../base/states.js';
import type { Digest } from '../encodings/genome.js';
import type { EmitterShare } from './emitter-share.js';

/**
 * What a coordinator tells a page that watches its run, as plain immutable data. `live-codec.ts` turns it into bytes and
 * back, in browsers too. Shapes and meanings: atoll.proto.
 */

/** Raised whenever a live message changes its meaning: a page of another version has to be loaded again. */
export const LIVE_VERSION = 1;

/** What holds a cell of the archive, as it is stored. */
export interface LiveCell {
  readonly classId: number;
  /** 0 … 1, in single precision. */
  readonly confidence: number;
  readonly digest: Digest;
  /** Canonical bytes; absent for a `direct` genome, whose picture is loaded by its address. */
  readonly genome?: Uint8Array;
  /** Where it was born, and that island's evaluation count then. */
  readonly island: number;
  readonly evaluation: number;
  /** When it took the cell: milliseconds since 1970. */
  readonly changed: number;
}

/** Cells that are filled, or that have a new elite: of a class the latest alone. */
export interface LiveCells {
  readonly cells: readonly LiveCell[];
  /** Whether, with these, every filled cell was told of since the connection was made. */
  readonly complete: boolean;
}

export interface LiveIsland {
  readonly number: number;
  readonly worker: string;
  readonly device: string;
  readonly state: IslandState;
  readonly evaluations: number;
  readonly evaluationsPerSecond: number;
}

/** What one of the run's emitters made of its share, on all islands together. */
export interface LiveEmitter extends EmitterShare {
  readonly name: string;
}

/** How a run stands. */
export interface LiveStatus {
  readonly run: string;
  readonly state: RunState;
  /** Since the coordinator started, pauses left out. */
  readonly seconds: number;
  readonly evaluations: number;
  readonly evaluationsPerSecond: number;
  readonly jumps: number;
  readonly goalSwitches: number;
  /** 0: no limit. */
  readonly budgetEvaluations: number;
  /** 0: no limit. */
  readonly budgetMinutes: number;
  readonly islands: readonly LiveIsland[];
  /** Forward passes of the network. */
  readonly cost: number;
  /** 0: no limit. */
  readonly budgetCost: number;
  /** Those that its spec names, in that order. */
  readonly emitters: readonly LiveEmitter[];
}

export type LiveMessage =
  | ({ readonly type: 'cells' } & LiveCells)
  | ({ readonly type: 'status' } & LiveStatus);
