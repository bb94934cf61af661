import type { EmitterName } from '../spec/emitter-names.js';
import type { Totals } from './totals.js';

/** What an emitter made of its share of an island or a run. */
export interface EmitterShare {
  /** Images that were evaluated; random ones, which have no parent, belong to no emitter. */
  readonly evaluations: number;
  /** Forward passes. */
  readonly cost: number;
  /** Gain in log-odds over all cells of the island's archive: see worthOf in worker/emitter/log-odds.ts. */
  readonly improvement: number;
}

/** The counters of each emitter. */
const KEYS = {
  mutation: ['mutationEvaluations', 'mutationCost', 'mutationImprovement'],
  'iso-line': ['isoLineEvaluations', 'isoLineCost', 'isoLineImprovement'],
  gradient: ['gradientEvaluations', 'gradientCost', 'gradientImprovement'],
  cma: ['cmaEvaluations', 'cmaCost', 'cmaImprovement'],
} as const satisfies Record<EmitterName, readonly [keyof Totals, keyof Totals, keyof Totals]>;

export function shareOf(totals: Totals, emitter: EmitterName): EmitterShare {
  const [evaluations, cost, improvement] = KEYS[emitter];
  return { evaluations: totals[evaluations], cost: totals[cost], improvement: totals[improvement] };
}

/** Adds to the counters of an emitter. */
export function addToShare(
  totals: { -readonly [Key in keyof Totals]: Totals[Key] },
  emitter: EmitterName,
  { evaluations, cost, improvement }: EmitterShare,
): void {
  const keys = KEYS[emitter];
  totals[keys[0]] += evaluations;
  totals[keys[1]] += cost;
  totals[keys[2]] += improvement;
}
