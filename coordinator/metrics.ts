import type { Registry } from 'prom-client';
import type { Archive } from '../protocol/archive/archive.js';
import type { RunSpec } from '../protocol/spec/run-spec.js';
import type { Coordinator } from './coordinator.js';
import { addArchiveMetrics } from './metrics/archive-metrics.js';
import { addBrokerMetrics, type BrokerStatus } from './metrics/broker-metrics.js';
import { addHttpMetrics, type ObservedRequest } from './metrics/http-metrics.js';
import { addMergeMetrics } from './metrics/merge-metrics.js';
import { addNodeMetrics } from './metrics/node-metrics.js';
import { addRunMetrics } from './metrics/run-metrics.js';
import { addSpecMetrics } from './metrics/spec-metrics.js';
import { addStoreMetrics } from './metrics/store-metrics.js';
import type { DiskUse } from './run/disk-use.js';
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
  /** The store's use of its disk; undefined where it is not known. */
  readonly disk: () => DiskUse | undefined;
  /** When this coordinator started, in milliseconds since 1970. */
  readonly started: number;
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
  /** Stops following the run. */
  stop(): void;
}

/** All metrics of a coordinator: prefix `atoll_`, base units, no label that grows without bound; and Node's own. */
export function createMetrics(parts: MetricsParts): Metrics {
  const { registry, spec, versions, coordinator, committed, store, disk, started, broker } = parts;
  addNodeMetrics(registry);
  addSpecMetrics(registry, { spec, versions });
  addArchiveMetrics(registry, { archive: committed, labels: store.labels });
  addRunMetrics(registry, { coordinator, store });
  addStoreMetrics(registry, disk);
  const observeRequest = addHttpMetrics(registry);
  const unsubscribe = coordinator.subscribe(addMergeMetrics(registry, started));
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
