import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import { ISLAND_STATES, type IslandState } from '../../protocol/base/states.js';
import type { Coordinator } from '../coordinator.js';
import type { Network } from '../gallery/network.js';
import type { Pace } from '../islands/pace.js';
import type { RunFile } from '../run/run-file.js';
import type { Route } from './route.js';
import type { IslandsView, RunView } from './views.js';

/** How the run and its islands stand. */
export function runRoutes(ports: {
  readonly run: RunFile;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
  readonly committed: Archive;
  readonly pace: Pick<Pace, 'of' | 'total'>;
  readonly network?: Pick<Network, 'input'>;
  readonly natural?: () => Promise<string | undefined>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}): readonly Route[] {
  const { run, coordinator, committed, pace, network, natural, clock } = ports;

  async function runView(): Promise<RunView> {
    const input = await network?.input;
    const line = await natural?.();
    const { seconds, totals, migrants, refused, audits } = coordinator.summary();
    const states = coordinator.islands().map(({ state }) => state);
    const inState = (state: IslandState) => states.filter((each) => each === state).length;
    return {
      run: run.spec.name,
      state: coordinator.state,
      spec: run.spec,
      ...(input && { input }),
      ...(line !== undefined && { natural: line }),
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
    { method: 'GET', path: '/api/run', handle: async (c) => c.json(await runView()) },
    { method: 'GET', path: '/api/islands', handle: (c) => c.json(islandsView()) },
  ];
}
