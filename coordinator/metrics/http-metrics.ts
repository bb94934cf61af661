import { Counter, Histogram, type Registry } from 'prom-client';
import { SECONDS } from './merge-metrics.js';

/** A request that was answered. */
export interface ObservedRequest {
  /** The pattern of the route, never the path: paths are without number. */
  readonly route: string;
  /** One of a few; see coordinator/http/routed-app.ts. */
  readonly method: string;
  readonly code: number;
  readonly seconds: number;
}

/** Requests and their times. Returns what takes in an answered request. */
export function addHttpMetrics(registry: Registry): (request: ObservedRequest) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'atoll_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['route', 'method', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'atoll_http_request_seconds',
    help: 'Time to answer an HTTP request.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  return ({ route, method, code, seconds: taken }) => {
    requests.inc({ route, method, code });
    seconds.observe({ route }, taken);
  };
}
