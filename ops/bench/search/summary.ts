import { POINTS, type Point, pointAt, type Trial } from './trial.js';

/** What is looked at over cost, by what a picture calls it. */
export const MEASURES = {
  'median confidence': (point: Point) => point.median,
  'mean confidence': (point: Point) => point.mean,
  'classes ≥ .88': (point: Point) => point.solved['0.88'],
  'classes ≥ .99': (point: Point) => point.solved['0.99'],
} as const satisfies Readonly<Record<string, (point: Point) => number>>;

export type Measure = keyof typeof MEASURES;

export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** Of several seeds: the mean, the least and the greatest. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface ArmSummary {
  readonly arm: string;
  readonly seeds: readonly number[];
  /** Costs at which the curves are told. */
  readonly costs: readonly number[];
  /** A spread a cost. */
  readonly curves: Readonly<Record<Measure, readonly Spread[]>>;
  /** Cost at which the median, and the mean, of a search first reach .88: the mean over seeds; null: some did not. */
  readonly costToMedian: number | null;
  readonly costToMean: number | null;
  /** Shares of the cost that went to each emitter, 0 … 1, and what it paid per 1,000 forward passes; random images left out. */
  readonly emitters: Readonly<Record<string, { readonly share: number; readonly pay: number }>>;
}

/** What to reach. */
const GOAL = 0.88;

/** The trials of one arm, together. They have the same `cost`. */
export function summarise(arm: string, trials: readonly Trial[], cost: number): ArmSummary {
  const costs = Array.from({ length: POINTS }, (_, i) => Math.round(((i + 1) * cost) / POINTS));
  const spreadAt = (measure: Measure) => (at: number) =>
    spreadOf(
      trials.map(({ curve }) => {
        const point = pointAt(curve, at);
        return point === undefined ? 0 : MEASURES[measure](point);
      }),
    );
  const curves = Object.fromEntries(
    MEASURE_NAMES.map((measure) => [measure, costs.map(spreadAt(measure))]),
  ) as Record<Measure, Spread[]>;
  return {
    arm,
    seeds: trials.map(({ settings }) => settings.seed),
    costs,
    curves,
    costToMedian: meanOrNull(trials.map(({ curve }) => curve.find(({ median }) => median >= GOAL)?.cost)),
    costToMean: meanOrNull(trials.map(({ curve }) => curve.find(({ mean }) => mean >= GOAL)?.cost)),
    emitters: emittersOf(trials),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    least: Math.min(...values),
    greatest: Math.max(...values),
  };
}

function meanOrNull(costs: readonly (number | undefined)[]): number | null {
  const known = costs.filter((cost) => cost !== undefined);
  if (known.length < costs.length || known.length === 0) return null;
  return Math.round(spreadOf(known).mean);
}

function emittersOf(trials: readonly Trial[]): ArmSummary['emitters'] {
  const all = trials.flatMap(({ shares }) => Object.entries(shares));
  const total = all.reduce((sum, [, { cost }]) => sum + cost, 0);
  const names = [...new Set(all.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const mine = all.filter(([each]) => each === name);
      const cost = mine.reduce((sum, [, share]) => sum + share.cost, 0);
      const improvement = mine.reduce((sum, [, share]) => sum + share.improvement, 0);
      return [name, { share: total > 0 ? cost / total : 0, pay: cost > 0 ? (1000 * improvement) / cost : 0 }];
    }),
  );
}
