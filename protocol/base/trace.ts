import { reasonOf } from './errors.js';

/**
 * A channel for errors that are passed over because the work goes on without what failed. It is off unless a program
 * turns it on (`ATOLL_TRACE`, `--trace`), and nothing may depend on it.
 */

/** Takes what was being done, as a clause (`asking the broker for its stream`), and why that failed, in one line. */
export type TraceSink = (doing: string, reason: string) => void;

let sink: TraceSink | undefined;

/** Traces into `next` from now on; undefined: into nothing. */
export function traceInto(next: TraceSink | undefined): void {
  sink = next;
}

/** Tells the trace, if it is on, of an error that is passed over. Returns undefined: what there is instead of a result. */
export function trace(doing: string, error: unknown): undefined {
  sink?.(doing, reasonOf(error));
  return undefined;
}
