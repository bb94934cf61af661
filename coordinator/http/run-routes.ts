import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import type { Coordinator } from '../coordinator.js';
import type { Pace } from '../islands/pace.js';
import type { RunFile } from '../run/run-file.js';
import { ISLAND_STATES, type IslandState } from '../store/store.js';
import type { Route } from './route.js';
import type { IslandsView, RunView } from './views.js';

/** How the run and its islands stand. */
export function runRoutes(ports: {
  readonly run: RunFile;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
  readonly committed: Archive;
  readonly pace: Pick<Pace, 'of' | 'total'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}): readonly Route[] {
  const { run, coordinator, committed, pace, clock } = ports;

  function runView(): RunView {
    const { seconds, totals, migrants, refused, audits } = coordinator.summary();
    const states = coordinator.islands().map(({ state }) => state);
    const inState = (state: IslandState) => states.filter((each) => each === state).length;
    return {
      run: run.spec.name,
      state: coordinator.state,
      spec: run.spec,
      created: run.created.getTime(),
      versions: run.versions,
      seconds,
      evaluationsPerSecond: pace.total,
      filled: committed.filled,
      ...summarise(committed.confidences, committed.filled),
      totals,
      migrants,
      islands: Object.fromEntries(
        ISLAND_STATES.map((state) => [state, inState(state)]),
      ) as RunView['islands'],
      refused: Object.fromEntries(refused),
      audits,
    };
  }

  function islandsView(): IslandsView {
    const now = clock();
    return {
      islands: coordinator
        .islands()
        .map(({ number, worker, device, state, error, suspect, totals, heardAt }) => ({
          number,
          worker,
          device,
          state,
          error,
          suspect,
          totals,
          evaluationsPerSecond: pace.of(number),
          secondsSinceHeard: heardAt === 0 ? null : Math.max(0, now - heardAt) / 1000,
        })),
    };
  }

  return [
    { method: 'GET', path: '/api/run', handle: (c) => c.json(runView()) },
    { method: 'GET', path: '/api/islands', handle: (c) => c.json(islandsView()) },
  ];
}
