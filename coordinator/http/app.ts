import type { Hono } from 'hono';
import type { Coordinator } from '../coordinator.js';
import type { PageFile } from '../gallery/page-files.js';
import type { BrokerStatus } from '../metrics/broker-metrics.js';
import type { Metrics } from '../metrics.js';
import { controlRoutes } from './control-routes.js';
import { aliveRoute, healthRoutes } from './health-routes.js';
import type { HttpEnv, HttpLimits } from './limits.js';
import { pageRoutes } from './page-routes.js';
import { createRoutedApp } from './routed-app.js';
import { placesRoute, type ShownRun, shownRoutes } from './shown-run.js';

/** What servers of runs have in common. */
interface ServerPorts {
  /** The gallery's page. */
  readonly page: ReadonlyMap<string, PageFile>;
  /** Answers only to names of this machine. */
  readonly loopback: boolean;
  readonly limits: HttpLimits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A request met a defect of ours. */
  readonly onError: (error: Error) => void;
}

/** What the coordinator's HTTP shows and changes. */
export interface HttpPorts extends ServerPorts, ShownRun {
  readonly coordinator: Pick<
    Coordinator,
    'end' | 'islands' | 'pause' | 'resume' | 'state' | 'summary' | 'trust'
  >;
  /** Absent: there is none. */
  readonly broker?: Pick<BrokerStatus, 'online'>;
  readonly metrics: Pick<Metrics, 'contentType' | 'observeRequest' | 'scrape'>;
  /** A request that has it may change the run. */
  readonly token: string;
}

/** The coordinator's HTTP, as a function of a request. Nothing is served from files. */
export function createHttpApp(ports: HttpPorts): Hono<HttpEnv> {
  const { run, metrics, page, clock } = ports;
  const { name } = run.spec;
  const routes = [
    ...healthRoutes(ports),
    ...pageRoutes(page),
    placesRoute([{ base: '', name, live: true }]),
    ...shownRoutes(ports, clock),
    ...controlRoutes({ ...ports, run: name }),
  ];
  return createRoutedApp({ ...ports, routes, observe: metrics.observeRequest });
}

/** The HTTP of runs that lie on a disk, by the paths that their addresses begin with. They are only read. */
export function createGalleryApp(
  ports: ServerPorts & { readonly runs: ReadonlyMap<string, ShownRun> },
): Hono<HttpEnv> {
  const { runs, page, clock } = ports;
  const routes = [
    aliveRoute,
    ...pageRoutes(page),
    placesRoute([...runs].map(([base, { run }]) => ({ base, name: run.spec.name, live: false }))),
    ...[...runs].flatMap(([base, shown]) => shownRoutes(shown, clock, base)),
  ];
  return createRoutedApp({ ...ports, routes, observe: () => undefined });
}
