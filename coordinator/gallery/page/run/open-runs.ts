import { type Signal, signal } from '@preact/signals';
import type { RunListing } from '../views.js';
import { openRun, type Run, type RunPorts } from './run.js';

/** The runs that are open, by their base. */
export interface OpenRuns {
  readonly runs: Signal<ReadonlyMap<string, Run>>;
  /** Opens these, and leaves all others. Rejects with an ApiError where one cannot be read. */
  show(wanted: readonly RunListing[]): Promise<void>;
  closeAll(): void;
}

export function createOpenRuns(ports: RunPorts): OpenRuns {
  const runs = signal<ReadonlyMap<string, Run>>(new Map());
  const opening = new Set<string>();

  return {
    runs,
    async show(wanted) {
      for (const [base, run] of runs.value) {
        if (wanted.some((each) => each.base === base)) continue;
        run.close();
        runs.value = new Map([...runs.value].filter(([other]) => other !== base));
      }
      for (const listing of wanted) {
        const { base } = listing;
        if (runs.value.has(base) || opening.has(base)) continue;
        opening.add(base);
        try {
          const run = await openRun(listing, ports);
          runs.value = new Map([...runs.value, [base, run]]);
        } finally {
          opening.delete(base);
        }
      }
    },
    closeAll() {
      for (const run of runs.value.values()) run.close();
      runs.value = new Map();
    },
  };
}
