import { Histogram, type Registry } from 'prom-client';
import { addHttpMetrics, type ObservedRequest } from '../../coordinator/metrics/http-metrics.js';
import { SECONDS } from '../../coordinator/metrics/merge-metrics.js';
import { addNodeMetrics } from '../../coordinator/metrics/node-metrics.js';
import { addCounter, addGauge } from '../../coordinator/metrics/readings.js';
import { metricsOf } from '../../protocol/wire/totals.js';
import type { StepTimes } from '../../worker/island/watch.js';
import { createWorkerBook, WORKER_STATES, type WorkerBook, type WorkerFigures } from './worker-book.js';
import type { WorkerReport } from './worker-report.js';

/** Figures of a process that is there, as it last told them. */
const LATEST: readonly (readonly [name: string, help: string, read: (report: WorkerReport) => number])[] = [
  [
    'atoll_worker_outbox_elites',
    'Elites found and not known to be stored: at most two a class.',
    ({ figures }) => figures.pending,
  ],
  ['atoll_worker_batch_images', 'Images that the network is given at once.', ({ figures }) => figures.batch],
  [
    'atoll_worker_coverage_ratio',
    "Share of cells that are filled in the island's archive.",
    ({ figures }) => figures.filled / figures.classes,
  ],
  [
    'atoll_worker_broker_connected',
    '1 while the broker is reached, else 0.',
    ({ online }) => (online ? 1 : 0),
  ],
  ['atoll_worker_resident_memory_bytes', "Memory of the island's process.", ({ resident }) => resident],
];

const TIMES: readonly (readonly [name: string, help: string, key: keyof StepTimes])[] = [
  ['atoll_worker_step_seconds', 'Time of a step: vary, draw, classify, merge and send.', 'step'],
  ['atoll_worker_render_seconds', 'Time of a step that went into drawing.', 'render'],
  ['atoll_worker_classify_seconds', 'Time of a step that went into the network.', 'classify'],
];

/** What is shown of the workers of a machine; see also coordinator/metrics.ts. */
export interface WorkerMetrics extends Pick<WorkerBook, 'started' | 'take' | 'gone'> {
  /** All metrics in Prometheus' text format. */
  scrape(): Promise<string>;
  /** What {@link scrape} gives, as a media type. */
  readonly contentType: string;
  /** A request was answered. */
  observeRequest(request: ObservedRequest): void;
}

/**
 * All metrics of a machine's workers: prefix `atoll_worker_`, base units, a series for each of `workers`, there from the
 * first scrape; and Node's own of this process.
 */
export function createWorkerMetrics(parts: {
  /** Takes all metrics in; nothing is registered anywhere else. */
  readonly registry: Registry;
  readonly version: string;
  readonly run: string;
  /** Their names. */
  readonly workers: readonly string[];
  /** Seconds, monotone. */
  readonly clock: () => number;
}): WorkerMetrics {
  const { registry, version, run, workers, clock } = parts;
  const book = createWorkerBook(workers, clock);
  const ofEach = (read: (worker: WorkerFigures) => number) => () =>
    book.workers().map((worker) => [[worker.name], read(worker)] as const);
  const labels = ['worker'];

  addNodeMetrics(registry);
  addGauge(
    registry,
    { name: 'atoll_worker_build_info', help: 'Always 1: what runs.', labels: ['version', 'node'] },
    () => [[[version, process.version], 1]],
  );
  addGauge(
    registry,
    {
      name: 'atoll_worker_info',
      help: 'Always 1: the island that a worker evolves, and what on.',
      labels: ['worker', 'run', 'island', 'engine', 'device'],
    },
    () =>
      book.workers().flatMap(({ name, latest }) => {
        if (latest === undefined) return [];
        const { island, engine, device } = latest.figures;
        return [[[name, run, `${island}`, engine, device], 1]] as const;
      }),
  );
  addGauge(
    registry,
    { name: 'atoll_worker_islands', help: 'Workers of this machine, by state.', labels: ['state'] },
    () => {
      const states = book.workers().map(({ state }) => state);
      return WORKER_STATES.map((state) => [[state], states.filter((each) => each === state).length]);
    },
  );
  addGauge(
    registry,
    {
      name: 'atoll_worker_evaluations_per_second',
      help: 'Images classified in a second, a running mean.',
      labels,
    },
    ofEach(({ evaluationsPerSecond }) => evaluationsPerSecond),
  );
  for (const [name, help, read] of LATEST) {
    addGauge(registry, { name, help, labels }, () =>
      book
        .workers()
        .flatMap((worker) => (worker.latest ? [[[worker.name], read(worker.latest)] as const] : [])),
    );
  }
  addTotalsMetrics(registry, book);
  addCounter(
    registry,
    {
      name: 'atoll_worker_migrants_total',
      help: 'Elites sent to neighbours (sent), that came from others (moved), and the cells that those won (won).',
      labels: ['worker', 'outcome'],
    },
    () =>
      book
        .workers()
        .flatMap(({ name, migrants }) =>
          Object.entries(migrants).map(([outcome, count]) => [[name, outcome], count] as const),
        ),
  );
  addCounter(
    registry,
    { name: 'atoll_worker_restarts_total', help: 'Processes that died and were started again.', labels },
    ofEach(({ restarts }) => restarts),
  );
  const histograms = addTimes(registry, workers);

  return {
    take(worker, report) {
      book.take(worker, report);
      for (const { key, histogram } of histograms) {
        for (const times of report.done.steps) histogram.observe({ worker }, times[key]);
      }
    },
    started: book.started,
    gone: book.gone,
    scrape: () => registry.metrics(),
    contentType: registry.contentType,
    observeRequest: addHttpMetrics(registry),
  };
}

/** The counters of each worker's island. Those in seconds are told by the histograms. What a restart did again is counted twice. */
function addTotalsMetrics(registry: Registry, book: Pick<WorkerBook, 'workers'>): void {
  for (const { metric, help, counters } of metricsOf(({ unit }) => unit !== 'seconds')) {
    const byEmitter = counters.some(({ emitter }) => emitter);
    const labels = byEmitter ? ['worker', 'emitter'] : ['worker'];
    addCounter(registry, { name: `atoll_worker_${metric}`, help, labels }, () =>
      book
        .workers()
        .flatMap(({ name, totals }) =>
          counters.map(({ key, emitter }) => [emitter ? [name, emitter] : [name], totals[key]] as const),
        ),
    );
  }
}

/** A histogram of each kind of time, with a series for each worker. */
function addTimes(registry: Registry, workers: readonly string[]) {
  return TIMES.map(([name, help, key]) => {
    const histogram = new Histogram({
      name,
      help,
      labelNames: ['worker'],
      buckets: SECONDS,
      registers: [registry],
    });
    for (const worker of workers) histogram.zero({ worker });
    return { key, histogram };
  });
}
