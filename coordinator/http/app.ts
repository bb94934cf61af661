import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Archive } from '../../protocol/archive/archive.js';
import type { Coordinator } from '../coordinator.js';
import type { BrokerStatus } from '../metrics/broker-metrics.js';
import type { ObservedRequest } from '../metrics/http-metrics.js';
import type { Metrics } from '../metrics.js';
import type { Pace } from '../pace.js';
import type { RunFile } from '../run-file.js';
import type { StoreReader } from '../store/store.js';
import { archiveRoutes } from './archive-routes.js';
import { controlRoutes } from './control-routes.js';
import { healthRoutes } from './health-routes.js';
import type { Images } from './images.js';
import { type HttpEnv, type HttpLimits, localHostsOnly, rateLimit, sizeLimits } from './limits.js';
import { problem, quote } from './problem.js';
import type { Route } from './route.js';
import { runRoutes } from './run-routes.js';

/** What the coordinator's HTTP shows and changes. */
export interface HttpPorts {
  readonly run: RunFile;
  readonly coordinator: Pick<Coordinator, 'end' | 'islands' | 'pause' | 'resume' | 'state' | 'summary'>;
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
  const { limits, onError, run, loopback } = ports;
  const routes: readonly Route[] = [
    ...healthRoutes(ports),
    ...runRoutes(ports),
    ...archiveRoutes(ports),
    ...controlRoutes({ ...ports, run: run.spec.name }),
  ];
  const app = new Hono<HttpEnv>();
  app.use(measure(ports.metrics.observeRequest), harden);
  if (loopback) app.use(localHostsOnly);
  app.use(rateLimit(limits), sizeLimits(limits));
  for (const { method, path, guard, handle } of routes) {
    app.use(path, async (c, next) => {
      c.set('route', path);
      await next();
    });
    if (guard) app.on(method, path, guard);
    app.on(method, path, handle);
    app.all(path, (c) => {
      const allowed = method === 'GET' ? 'GET or HEAD' : method;
      return problem({
        status: 405,
        code: 'ERR_METHOD',
        expected: `${allowed} for ${path}`,
        got: c.req.method,
        fix: `use ${allowed}`,
        headers: { Allow: allowed.replace(' or', ',') },
      });
    });
  }
  app.notFound((c) =>
    problem({
      status: 404,
      code: 'ERR_NOT_FOUND',
      expected: `one of ${routes.map(({ path }) => path).join(', ')}`,
      got: quote(c.req.path),
      fix: 'ask for one of those',
    }),
  );
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    onError(error);
    return problem({
      status: 500,
      code: 'ERR_INTERNAL',
      expected: 'to answer this request',
      got: 'a defect of Atoll',
      fix: 'see what the coordinator said',
    });
  });
  return app;
}

/** Method names are without number, too. */
const METHODS = ['GET', 'HEAD', 'POST'];

function measure(observe: (request: ObservedRequest) => void): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const began = performance.now();
    c.set('route', 'unknown');
    await next();
    observe({
      route: c.get('route'),
      method: METHODS.includes(c.req.method) ? c.req.method : 'other',
      code: c.res.status,
      seconds: (performance.now() - began) / 1000,
    });
  };
}

/** What we answer is what we say it is; nobody keeps it but where a route says so. */
const harden: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  c.res.headers.set('X-Content-Type-Options', 'nosniff');
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};
