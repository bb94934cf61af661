import type { Archive } from '../../protocol/archive/archive.js';
import type { Coordinator } from '../coordinator.js';
import type { Network } from '../gallery/network.js';
import { createRunCurve } from '../gallery/run-curve.js';
import type { Pace } from '../islands/pace.js';
import type { RunFile } from '../run/run-file.js';
import type { StoreReader } from '../store/store.js';
import { archiveRoutes } from './archive-routes.js';
import { genomeRoutes } from './genome-routes.js';
import type { Images } from './images.js';
import { lookRoutes } from './look-routes.js';
import { pastRoutes } from './past-routes.js';
import type { Route } from './route.js';
import { runRoutes } from './run-routes.js';

/** A run as HTTP shows it, whether it goes on or lies on a disk. */
export interface ShownRun {
  readonly run: RunFile;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
  /** The archive as it is stored; nothing else of it is shown. */
  readonly committed: Archive;
  readonly store: Pick<
    StoreReader,
    'genome' | 'history' | 'jumpsAfter' | 'labels' | 'lineOf' | 'miniature' | 'pastOf'
  >;
  readonly images: Images;
  readonly pace: Pick<Pace, 'of' | 'total'>;
  /** Absent: it cannot be opened here. */
  readonly network?: Network;
  /** What the network gives natural images, in a sentence, where it was measured. */
  readonly natural?: () => Promise<string | undefined>;
}

/** Points of a run's curve. */
const CURVE_POINTS = 400;

/** All that is to be read of a run, at addresses that begin with `base`: '' or a path. `clock`: milliseconds since 1970. */
export function shownRoutes(shown: ShownRun, clock: () => number, base = ''): readonly Route[] {
  const { coordinator, store, network } = shown;
  const curve = createRunCurve({
    store,
    spent: () => coordinator.summary().totals,
    most: CURVE_POINTS,
  });
  const routes = [
    ...runRoutes({ ...shown, clock }),
    ...archiveRoutes({ ...shown, base }),
    ...pastRoutes({ ...shown, curve }),
    ...genomeRoutes(shown),
    ...lookRoutes({ ...shown, labels: store.labels, ...(network && { network }) }),
  ];
  return routes.map((route) => ({ ...route, path: `${base}${route.path}` }));
}

/** What `/api/runs` says of each. */
export interface RunPlace {
  readonly base: string;
  readonly name: string;
  /** A coordinator is at work on it. */
  readonly live: boolean;
}

/** Which runs the server shows, and where. */
export function placesRoute(runs: readonly RunPlace[]): Route {
  return { method: 'GET', path: '/api/runs', handle: (c) => c.json({ runs }) };
}
