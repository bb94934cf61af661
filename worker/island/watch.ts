import type { Totals } from '../../protocol/wire/totals.js';

/** Shows how an island is doing. It is called once a step, so it must cost next to nothing. */
export interface IslandWatch {
  /** The island is about to evolve. `read` says how it stands, at any moment until the end and after it. */
  begin(read: () => IslandFigures): void;
  /** A step has ended. */
  step(times: StepTimes): void;
  /** The island has stopped: its finds are stored, or the coordinator is gone. */
  end(): void;
}

/** How an island stands. */
export interface IslandFigures {
  readonly island: number;
  readonly engine: string;
  readonly device: string;
  /** Images that the network is given at once. */
  readonly batch: number;
  readonly classes: number;
  /** Cells of its archive that hold an elite. */
  readonly filled: number;
  readonly paused: boolean;
  /** Since it was founded. */
  readonly totals: Totals;
  /** Since this process has it. */
  readonly migrants: MigrantTotals;
  /** Elites that it found and that are not known to be stored. */
  readonly pending: number;
}

/** Elites that left an island, counted once for each neighbour; that came to it; and that won a cell there. */
export interface MigrantTotals {
  readonly sent: number;
  readonly moved: number;
  readonly won: number;
}

export const NO_MIGRANTS: MigrantTotals = { sent: 0, moved: 0, won: 0 };

/** Seconds that one step took: all of it, and what of that went into drawing and classifying. */
export interface StepTimes {
  readonly step: number;
  readonly render: number;
  readonly classify: number;
}
