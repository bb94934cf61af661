/**
 * The counters of an island. Each is one line here: messages, the columns of table `island`, the HTTP API and the metrics
 * of coordinators and workers are made from it. One more needs a field in atoll.proto and a migration of the schema too.
 */
interface Counter {
  readonly key: string;
  /** Of table `island` in `archive.db`. */
  readonly column: string;
  /** `count`: a whole number from 0. `seconds`: a finite number from 0. */
  readonly unit: 'count' | 'seconds';
  /** The name of the metric without its prefix: `atoll_worker_` of one island. */
  readonly metric: string;
  readonly help: string;
  /**
   * Whether the sum over all islands is a metric of the run as well, with the prefix `atoll_`. Jumps of islands are not:
   * those of the run are counted where they are stored.
   */
  readonly ofRun: boolean;
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
] as const satisfies readonly Counter[];

type CounterKey = (typeof COUNTERS)[number]['key'];

/** Monotone counters of one island since it was founded. */
export type Totals = Readonly<Record<CounterKey, number>>;

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
