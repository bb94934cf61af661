import type { Usage } from './coordinator-process.js';
import type { Latencies } from './latencies.js';

/** What a swarm of islands costs. Rates are a second, latencies milliseconds, memory megabytes. */
export interface SwarmBench {
  readonly islands: number;
  /** Elites that islands found. */
  readonly offered: number;
  /** Elites that were merged, stored and acknowledged. */
  readonly merges: number;
  /** Those of them that took a cell. */
  readonly jumps: number;
  readonly messages: number;
  readonly evaluations: number;
  /** From handing a message over to its commit. */
  readonly toCommit: Percentiles;
  /** From handing a message over to the broker's word that it is stored. */
  readonly toStore: Percentiles;
  /** Messages that were stored and not committed when the islands stopped. */
  readonly backlog: number;
  /** Processors busy, 1 being all of one. */
  readonly coordinatorLoad: number;
  /** Processor time of the coordinator a merge, in microseconds; NaN where nothing was merged. */
  readonly microsecondsPerMerge: number;
  /** The load of the broker; absent where it runs elsewhere. */
  readonly brokerLoad?: number;
  readonly coordinatorMemory: { readonly start: number; readonly end: number; readonly most: number };
  /** What islands sent and received an evaluation, the broker's protocol included. */
  readonly bytesPerEvaluation: { readonly sent: number; readonly received: number };
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** How everything stands at one moment. */
export interface Snapshot {
  /** Seconds, monotone. */
  readonly at: number;
  readonly coordinator: Usage;
  readonly elites: number;
  readonly evaluations: number;
  readonly sent: number;
  readonly received: number;
  /** Seconds of processor time. */
  readonly broker?: number;
}

/** What lies between the first and the last of the snapshots. */
export function measure(
  islands: number,
  snapshots: readonly [Snapshot, ...Snapshot[]],
  latencies: { readonly committed: Latencies; readonly stored: Latencies },
): Omit<SwarmBench, 'backlog'> {
  const [first] = snapshots;
  const last = snapshots.at(-1) ?? first;
  const seconds = last.at - first.at;
  const rate = (count: (snapshot: Snapshot) => number) => (count(last) - count(first)) / seconds;
  const evaluations = last.evaluations - first.evaluations;
  const coordinatorLoad = rate(({ coordinator }) => coordinator.processorSeconds);
  const merges = rate(({ coordinator }) => coordinator.merges);
  const { committed, stored } = latencies;
  const memory = ({ coordinator }: Snapshot) => coordinator.memory / 1e6;
  return {
    islands,
    offered: rate(({ elites }) => elites),
    merges,
    jumps: rate(({ coordinator }) => coordinator.jumps),
    messages: rate(({ coordinator }) => coordinator.messages),
    evaluations: evaluations / seconds,
    toCommit: percentiles(committed),
    toStore: percentiles(stored),
    coordinatorLoad,
    microsecondsPerMerge: (1e6 * coordinatorLoad) / merges,
    ...(last.broker !== undefined && { brokerLoad: rate(({ broker }) => broker ?? 0) }),
    coordinatorMemory: {
      start: memory(first),
      end: memory(last),
      most: Math.max(...snapshots.map(memory)),
    },
    bytesPerEvaluation: {
      sent: (last.sent - first.sent) / evaluations,
      received: (last.received - first.received) / evaluations,
    },
  };
}

function percentiles(latencies: Latencies): Percentiles {
  return { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
}
