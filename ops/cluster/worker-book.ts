import { createRateMeter } from '../../coordinator/islands/rate-meter.js';
import { addTotals, NO_TOTALS, type Totals } from '../../protocol/wire/totals.js';
import { type MigrantTotals, NO_MIGRANTS } from '../../worker/island/watch.js';
import type { WorkerReport } from './worker-report.js';

const GONE_STATES = ['restarting', 'finished', 'failed'] as const;
/** A worker whose process is not there. */
export type GoneState = (typeof GONE_STATES)[number];
export const WORKER_STATES = ['starting', 'evolving', 'paused', ...GONE_STATES] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

/** A worker of this machine. The counters are of all processes that have had its name here, and never go down. */
export interface WorkerFigures {
  readonly name: string;
  readonly state: WorkerState;
  /** Absent while no process evolves its island. */
  readonly latest?: WorkerReport;
  readonly totals: Totals;
  readonly migrants: MigrantTotals;
  readonly evaluationsPerSecond: number;
  readonly restarts: number;
}

/** What is known of the workers of this machine, however often their processes are started again. */
export interface WorkerBook {
  /** In the order of their names when it was made. */
  workers(): readonly WorkerFigures[];
  /** A process of it is starting. */
  started(name: string): void;
  /** Takes in a report, which may come late: that of a process that is gone counts, but does not bring it back. */
  take(name: string, report: WorkerReport): void;
  /** Its process has ended: it `restarts`, or it is done, or could not work. */
  gone(name: string, state: GoneState): void;
}

/** @param clock seconds, monotone */
export function createWorkerBook(names: readonly string[], clock: () => number): WorkerBook {
  const book = new Map<string, WorkerFigures>(names.map((name) => [name, unknown(name)]));
  const rates = new Map(names.map((name) => [name, createRateMeter()]));
  const update = (name: string, change: (before: WorkerFigures) => WorkerFigures) => {
    const before = book.get(name);
    if (before) book.set(name, change(before));
  };
  return {
    workers: () => [...book.values()],
    started: (name) => update(name, (before) => ({ ...before, state: 'starting' })),
    take: (name, report) =>
      update(name, (before) => {
        const { figures, done } = report;
        const totals = addTotals(before.totals, done.totals);
        const counted = { ...before, totals, migrants: addMigrants(before.migrants, done.migrants) };
        if (isGone(before.state)) return counted;
        return {
          ...counted,
          state: figures.paused ? 'paused' : 'evolving',
          latest: report,
          evaluationsPerSecond: rates.get(name)?.(clock(), totals.evaluations) ?? 0,
        };
      }),
    gone: (name, state) =>
      update(name, ({ latest: _, ...before }) => {
        rates.set(name, createRateMeter());
        const restarts = before.restarts + (state === 'restarting' ? 1 : 0);
        return { ...before, state, evaluationsPerSecond: 0, restarts };
      }),
  };
}

function isGone(state: WorkerState): boolean {
  return GONE_STATES.some((gone) => gone === state);
}

function unknown(name: string): WorkerFigures {
  return {
    name,
    state: 'starting',
    totals: NO_TOTALS,
    migrants: NO_MIGRANTS,
    evaluationsPerSecond: 0,
    restarts: 0,
  };
}

function addMigrants(a: MigrantTotals, b: MigrantTotals): MigrantTotals {
  return { sent: a.sent + b.sent, moved: a.moved + b.moved, won: a.won + b.won };
}
