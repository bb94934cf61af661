import { Registry } from 'prom-client';
import { aliveRoute, metricsRoute } from '../../coordinator/http/health-routes.js';
import { HTTP_LIMITS } from '../../coordinator/http/limits.js';
import { createRoutedApp } from '../../coordinator/http/routed-app.js';
import { listen } from '../../coordinator/http/server.js';
import { DEFECT, describeDefect } from '../cli/defect.js';
import { say } from '../cli/output.js';
import { VERSION } from '../cli/version.js';
import { type HttpAddress, isLoopback, urlOf } from '../http/http-address.js';
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.js';

export interface ServedMetrics extends Pick<WorkerMetrics, 'started' | 'take' | 'gone'> {
  close(): Promise<void>;
}

/**
 * Shows the metrics of this machine's workers at `/metrics`, and at `/healthz` that their process is alive. Rejects with
 * a {@link BadInputError} when the port cannot be had.
 */
export async function serveMetrics({
  address,
  run,
  workers,
}: {
  readonly address: HttpAddress;
  readonly run: string;
  readonly workers: readonly string[];
}): Promise<ServedMetrics> {
  const clock = () => performance.now() / 1000;
  const metrics = createWorkerMetrics({ registry: new Registry(), version: VERSION, run, workers, clock });
  const app = createRoutedApp({
    routes: [aliveRoute, metricsRoute(metrics)],
    limits: HTTP_LIMITS,
    loopback: isLoopback(address.host),
    observe: metrics.observeRequest,
    onError: (error) => say(describeDefect(error), DEFECT, 'error'),
  });
  const server = await listen(app, { ...address, limits: HTTP_LIMITS });
  const url = `${urlOf(address.host, server.port)}/metrics`;
  say(`metrics at ${url}`, { event: 'metrics-served', url });
  return { ...metrics, close: server.close };
}
