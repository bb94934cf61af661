import { grownTotals, type Totals } from '../../protocol/wire/totals.js';
import {
  type IslandFigures,
  type IslandWatch,
  type MigrantTotals,
  NO_MIGRANTS,
  type StepTimes,
} from '../../worker/island/watch.js';

/** What the process of an island tells of it: plain data, which may cross a pipe. */
export interface WorkerReport {
  readonly figures: IslandFigures;
  /** Whether the broker is reached. */
  readonly online: boolean;
  /** Memory of the process, in bytes. */
  readonly resident: number;
  /** What was done since the report before, by this process. */
  readonly done: {
    readonly totals: Totals;
    readonly migrants: MigrantTotals;
    readonly steps: readonly StepTimes[];
  };
}

const REPORT_MS = 1000;

/** Follows an island, and reports once when it begins, every second, and when it has ended. */
export function reportIsland(parts: {
  readonly send: (report: WorkerReport) => void;
  readonly online: () => boolean;
}): IslandWatch {
  let steps: StepTimes[] = [];
  let timer: NodeJS.Timeout | undefined;
  let report = () => {};
  return {
    begin(read) {
      let { totals } = read();
      let migrants = NO_MIGRANTS;
      report = () => {
        const figures = read();
        const done = {
          totals: grownTotals(figures.totals, totals),
          migrants: grownMigrants(figures.migrants, migrants),
          steps,
        };
        ({ totals, migrants } = figures);
        steps = [];
        parts.send({ figures, online: parts.online(), resident: process.memoryUsage.rss(), done });
      };
      report();
      timer = setInterval(report, REPORT_MS);
    },
    step: (times) => void steps.push(times),
    end() {
      clearInterval(timer);
      report();
    },
  };
}

function grownMigrants(now: MigrantTotals, before: MigrantTotals): MigrantTotals {
  return { sent: now.sent - before.sent, moved: now.moved - before.moved, won: now.won - before.won };
}
