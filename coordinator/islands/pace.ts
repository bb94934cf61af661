import type { Coordinator } from '../coordinator.js';
import { createRateMeter, type RateMeter } from './rate-meter.js';

/** How fast each island of a run evaluates. */
export interface Pace {
  /** Evaluations a second; 0 for an island that is not heard of. */
  of(island: number): number;
  /** Of all islands together. */
  readonly total: number;
  stop(): void;
}

const SAMPLE_MS = 1000;

/** Looks at the islands' totals every second until it is stopped. `clock`: milliseconds. */
export function createPace(coordinator: Pick<Coordinator, 'islands'>, clock: () => number): Pace {
  /** No more than the run has islands. */
  const rates = new Map<number, { readonly follow: RateMeter; now: number }>();

  function sample(): void {
    for (const { number, totals } of coordinator.islands()) {
      const rate = rates.get(number) ?? { follow: createRateMeter(), now: 0 };
      rate.now = rate.follow(clock() / 1000, totals.evaluations);
      rates.set(number, rate);
    }
  }

  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return {
    of: (island) => rates.get(island)?.now ?? 0,
    get total() {
      return [...rates.values()].reduce((sum, { now }) => sum + now, 0);
    },
    stop: () => clearInterval(timer),
  };
}
