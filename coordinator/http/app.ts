import type { Hono } from 'hono';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Coordinator } from '../coordinator.js';
import type { Pace } from '../islands/pace.js';
import type { BrokerStatus } from '../metrics/broker-metrics.js';
import type { Metrics } from '../metrics.js';
import type { RunFile } from '../run/run-file.js';
import type { StoreReader } from '../store/store.js';
import { archiveRoutes } from './archive-routes.js';
import { controlRoutes } from './control-routes.js';
import { healthRoutes } from './health-routes.js';
import type { Images } from './images.js';
import type { HttpEnv, HttpLimits } from './limits.js';
import { createRoutedApp } from './routed-app.js';
import { runRoutes } from './run-routes.js';

/** What the coordinator's HTTP shows and changes. */
export interface HttpPorts {
  readonly run: RunFile;
  readonly coordinator: Pick<
    Coordinator,
    'end' | 'islands' | 'pause' | 'resume' | 'state' | 'summary' | 'trust'
  >;
  /** What is stored of the archive: nobody is shown more. */
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'genome' | 'history' | 'labels'>;
  /** Absent: there is none. */
  readonly broker?: Pick<BrokerStatus, 'online'>;
  readonly images: Images;
  readonly metrics: Pick<Metrics, 'contentType' | 'observeRequest' | 'scrape'>;
  readonly pace: Pick<Pace, 'of' | 'total'>;
  /** Whoever has it may change the run. */
  readonly token: string;
  /** Answers only to names of this machine. */
  readonly loopback: boolean;
  readonly limits: HttpLimits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A request met a defect of ours. */
  readonly onError: (error: Error) => void;
}

/** The coordinator's HTTP, as a function of a request. Nothing is served from files. */
export function createHttpApp(ports: HttpPorts): Hono<HttpEnv> {
  const { run, metrics } = ports;
  const routes = [
    ...healthRoutes(ports),
    ...runRoutes(ports),
    ...archiveRoutes(ports),
    ...controlRoutes({ ...ports, run: run.spec.name }),
  ];
  return createRoutedApp({ ...ports, routes, observe: metrics.observeRequest });
}
