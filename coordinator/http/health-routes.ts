import type { Coordinator } from '../coordinator.js';
import type { BrokerStatus } from '../metrics/broker-metrics.js';
import type { Metrics } from '../metrics.js';
import { type Problem, problem } from './problem.js';
import type { Route } from './route.js';

/** That it answers shows that the process is alive and its event loop turns. */
export const aliveRoute: Route = {
  method: 'GET',
  path: '/healthz',
  unlimited: true,
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

/** For the operator's tools that keep the coordinator running, and for Prometheus. */
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
        problem: 'The store of the run failed',
        fix: 'Read what the coordinator printed, correct that, and start the coordinator again',
      };
    }
    if (broker && !broker.online) {
      return {
        status: 503,
        code: 'ERR_BROKER_OFFLINE',
        problem: 'The coordinator has no connection to the broker',
        fix: 'Check that the broker runs; the coordinator connects again by itself',
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
