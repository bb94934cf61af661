import type { Coordinator } from '../coordinator.js';
import type { BrokerStatus } from '../metrics/broker-metrics.js';
import type { Metrics } from '../metrics.js';
import { type Problem, problem } from './problem.js';
import type { Route } from './route.js';

/** That it answers shows that the process is alive and its event loop turns. */
export const aliveRoute: Route = {
  method: 'GET',
  path: '/healthz',
  handle: (c) => c.json({ alive: true }),
};

/** For Prometheus. */
export function metricsRoute(metrics: Pick<Metrics, 'scrape' | 'contentType'>): Route {
  return {
    method: 'GET',
    path: '/metrics',
    handle: async (c) => c.body(await metrics.scrape(), 200, { 'Content-Type': metrics.contentType }),
  };
}

/** For whoever keeps the coordinator running, and for Prometheus. */
export function healthRoutes(ports: {
  readonly coordinator: Pick<Coordinator, 'state'>;
  readonly broker?: Pick<BrokerStatus, 'online'>;
  readonly metrics: Pick<Metrics, 'scrape' | 'contentType'>;
}): readonly Route[] {
  const { coordinator, broker, metrics } = ports;

  /** Why the run would not go on now. */
  function obstacle(): Problem | undefined {
    if (coordinator.state === 'failed') {
      return {
        status: 503,
        code: 'ERR_STORE_FAILED',
        expected: 'a store that takes what is found',
        got: 'one that failed',
        fix: 'see what the coordinator said, mend it, and start it again',
      };
    }
    if (broker && !broker.online) {
      return {
        status: 503,
        code: 'ERR_BROKER_OFFLINE',
        expected: 'to reach the broker',
        got: 'no connection to it',
        fix: 'see that it runs; the coordinator tries again by itself',
      };
    }
    return undefined;
  }

  return [
    aliveRoute,
    {
      method: 'GET',
      path: '/readyz',
      handle(c) {
        const found = obstacle();
        return found ? problem(found) : c.json({ ready: true });
      },
    },
    metricsRoute(metrics),
  ];
}
