import { collectDefaultMetrics, type Registry } from 'prom-client';

/** prom-client's gauge of this name is no counter, which `promtool check metrics` objects to; its parts are there too. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** This process as Node sees it. */
export function addNodeMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
