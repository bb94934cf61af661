import type { Registry } from 'prom-client';
import type { Archive } from '../protocol/archive/archive.js';
import type { RunSpec } from '../protocol/spec/run-spec.js';
import type { Coordinator } from './coordinator.js';
import { addArchiveMetrics } from './metrics/archive-metrics.js';
import { addBrokerMetrics, type BrokerStatus } from './metrics/broker-metrics.js';
import { addHttpMetrics, type ObservedRequest } from './metrics/http-metrics.js';
import { addMergeMetrics } from './metrics/merge-metrics.js';
import { addNodeMetrics } from './metrics/node-metrics.js';
import { addGauge } from './metrics/readings.js';
import { addRunMetrics } from './metrics/run-metrics.js';
import type { Versions } from './run/run-file.js';
import type { StoreReader } from './store/store.js';

export interface MetricsParts {
  /** Takes all metrics in; nothing is registered anywhere else. */
  readonly registry: Registry;
  readonly spec: RunSpec;
  readonly versions: Versions;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'subscribe' | 'summary'>;
  /** What the store holds, for figures that agree with it. */
  readonly committed: Archive;
  readonly store: Pick<StoreReader, 'islands' | 'labels'>;
  /** Absent: there is none. */
  readonly broker?: BrokerStatus;
}

export interface Metrics {
  /** All metrics in Prometheus' text format. Not to be called once the store is closed. */
  scrape(): Promise<string>;
  /** What {@link scrape} gives, as a media type. */
  readonly contentType: string;
  /** A request was answered. */
  observeRequest(request: ObservedRequest): void;
  /** Follows the run no longer. */
  stop(): void;
}

/** All metrics of a coordinator: prefix `atoll_`, base units, no label that grows without bound; and Node's own. */
export function createMetrics(parts: MetricsParts): Metrics {
  const { registry, spec, versions, coordinator, committed, store, broker } = parts;
  addNodeMetrics(registry);
  addGauge(
    registry,
    { name: 'atoll_build_info', help: 'Always 1: what runs.', labels: ['version', 'node', 'engine'] },
    () => [[[versions.atoll, versions.node, versions.engine], 1]],
  );
  addGauge(
    registry,
    { name: 'atoll_run_info', help: 'Always 1: the run.', labels: ['run', 'model', 'encoding', 'preset'] },
    () => [[[spec.name, spec.model, spec.encoding, spec.preset], 1]],
  );
  addArchiveMetrics(registry, { archive: committed, labels: store.labels });
  addRunMetrics(registry, { coordinator, store });
  const observeRequest = addHttpMetrics(registry);
  const unsubscribe = coordinator.subscribe(addMergeMetrics(registry));
  const lag = broker && addBrokerMetrics(registry, broker);
  return {
    scrape: () => registry.metrics(),
    contentType: registry.contentType,
    observeRequest,
    stop() {
      unsubscribe();
      lag?.stop();
    },
  };
}
