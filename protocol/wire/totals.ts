import type { EmitterName } from '../spec/emitter-names.js';

/**
 * The counters of an island. Each is one line here: messages, the columns of table `island`, the HTTP API and the metrics
 * of coordinators and workers are made from it. One more needs a field in atoll.proto too; an archive that lacks its column gets it when the run goes on.
 */
interface Counter {
  readonly key: string;
  /** Of table `island` in `archive.db`. */
  readonly column: string;
  /** `count`: a whole number from 0. `seconds`, and `amount` of anything else: a finite number from 0. */
  readonly unit: 'count' | 'seconds' | 'amount';
  /** The name of the metric without its prefix: `atoll_worker_` of one island. */
  readonly metric: string;
  readonly help: string;
  /**
   * Whether the sum over all islands is a metric of the run as well, with the prefix `atoll_`. Jumps of islands are not:
   * those of the run are counted where they are stored.
   */
  readonly ofRun: boolean;
  /** Counters of one metric, one for each emitter: the value of its label `emitter`. */
  readonly emitter?: EmitterName;
}

/** What an emitter made of its share. */
function countersOf<const Key extends string, const Column extends string>(
  emitter: EmitterName,
  key: Key,
  column: Column,
) {
  return [
    {
      key: `${key}Evaluations`,
      column: `${column}_evaluations`,
      unit: 'count',
      metric: 'emitter_evaluations_total',
      help: 'Images classified, by the emitter that they come from.',
      ofRun: true,
      emitter,
    },
    {
      key: `${key}Cost`,
      column: `${column}_cost`,
      unit: 'count',
      metric: 'emitter_forward_passes_total',
      help: 'Forward passes of the network, by emitter.',
      ofRun: true,
      emitter,
    },
    {
      key: `${key}Improvement`,
      column: `${column}_improvement`,
      unit: 'amount',
      metric: 'emitter_improvement_total',
      help: "Gain in log-odds over all cells of the island's archive, by emitter.",
      ofRun: true,
      emitter,
    },
  ] as const satisfies readonly Counter[];
}

export const COUNTERS = [
  {
    key: 'evaluations',
    column: 'evaluations',
    unit: 'count',
    metric: 'evaluations_total',
    help: 'Images classified.',
    ofRun: true,
  },
  {
    key: 'generations',
    column: 'generations',
    unit: 'count',
    metric: 'generations_total',
    help: 'Generations done.',
    ofRun: true,
  },
  {
    key: 'jumps',
    column: 'jumps',
    unit: 'count',
    metric: 'jumps_total',
    help: "Elites of its own that won a cell of the island's archive.",
    ofRun: false,
  },
  {
    key: 'goalSwitches',
    column: 'goal_switches',
    unit: 'count',
    metric: 'goal_switches_total',
    help: 'Jumps whose parent held another class.',
    ofRun: false,
  },
  {
    key: 'renderSeconds',
    column: 'render_seconds',
    unit: 'seconds',
    metric: 'render_seconds_total',
    help: 'Seconds spent drawing.',
    ofRun: true,
  },
  {
    key: 'classifySeconds',
    column: 'classify_seconds',
    unit: 'seconds',
    metric: 'classify_seconds_total',
    help: 'Seconds spent classifying.',
    ofRun: true,
  },
  {
    key: 'neutral',
    column: 'neutral',
    unit: 'count',
    metric: 'neutral_total',
    help: 'Offspring discarded undrawn: they express what their parent does.',
    ofRun: true,
  },
  {
    key: 'cost',
    column: 'cost',
    unit: 'count',
    metric: 'forward_passes_total',
    help: 'Forward passes: one an evaluation for each network and view, more where it gives a gradient too.',
    ofRun: true,
  },
  ...countersOf('mutation', 'mutation', 'mutation'),
  ...countersOf('iso-line', 'isoLine', 'iso_line'),
  ...countersOf('gradient', 'gradient', 'gradient'),
  ...countersOf('cma', 'cma', 'cma'),
] as const satisfies readonly Counter[];

type CounterKey = (typeof COUNTERS)[number]['key'];

/** A metric's counters: one, or one for each emitter. */
export interface CounterMetric {
  readonly metric: string;
  readonly help: string;
  readonly counters: readonly { readonly key: CounterKey; readonly emitter?: EmitterName }[];
}

/** The counters for which `wanted` is true, by their metrics. */
export function metricsOf(wanted: (counter: Counter) => boolean): CounterMetric[] {
  const shown: readonly (Counter & { readonly key: CounterKey })[] = COUNTERS.filter(wanted);
  const names = new Set(shown.map(({ metric }) => metric));
  return [...names].map((metric) => {
    const counters = shown.filter((counter) => counter.metric === metric);
    return { metric, help: counters[0]?.help ?? '', counters };
  });
}

/** Monotone counters of one island since it was founded. */
export type Totals = Readonly<Record<CounterKey, number>>;

/** What a run, or some islands of it, took so far: images that were classified, and forward passes. */
export type Spent = Pick<Totals, 'evaluations' | 'cost'>;

/** What `read` gives for each counter. */
export function mapCounters<T>(read: (counter: (typeof COUNTERS)[number]) => T): Record<CounterKey, T> {
  const result: Partial<Record<CounterKey, T>> = {};
  for (const counter of COUNTERS) result[counter.key] = read(counter);
  // There is one for each key now.
  return result as Record<CounterKey, T>;
}

export const NO_TOTALS: Totals = mapCounters(() => 0);

/** The greater of two reports of one island, counter by counter: reports come late, twice and in any order. */
export function maxTotals(a: Totals, b: Totals): Totals {
  return mapCounters(({ key }) => Math.max(a[key], b[key]));
}

/** The counters of two islands together. */
export function addTotals(a: Totals, b: Totals): Totals {
  return mapCounters(({ key }) => a[key] + b[key]);
}

/** What an island's counters have grown by since an earlier report. */
export function grownTotals(now: Totals, before: Totals): Totals {
  return mapCounters(({ key }) => now[key] - before[key]);
}
