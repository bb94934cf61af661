import { z } from 'zod';
import type { StoredJump } from '../../../coordinator/store/store.js';
import type { Spent } from '../../../protocol/wire/totals.js';
import { mean, median } from '../statistics/quantile.js';
import { mannWhitney, type RankTest } from '../statistics/rank-test.js';

export const comparisonSchema = z.strictObject({
  /** All runs are compared after so many evaluations: those of the shortest. */
  evaluations: z.int().min(1),
  /** And after so many forward passes: those of the least expensive run; absent where each evaluation was one. */
  cost: z.int().min(1).optional(),
  classes: z.int().min(1),
  runs: z
    .array(
      z.strictObject({
        name: z.string(),
        group: z.string(),
        seed: z.int(),
        /** Of the whole run. */
        evaluations: z.int(),
        /** Forward passes of the whole run; absent where each evaluation was one. */
        cost: z.int().min(1).optional(),
        /** After so many evaluations: median and mean confidence, share of classes at .99. */
        curve: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
        /** Forward passes after which the curve had each of its points; absent where each evaluation was one. */
        costs: z.array(z.int().min(0)).optional(),
        /** Best confidence of every class after the evaluations that are compared; 0: empty. */
        confidences: z.array(z.number().min(0).max(1)),
        /** The same after the forward passes that are compared. */
        confidencesAtCost: z.array(z.number().min(0).max(1)).optional(),
        /** Elites of some classes at the end of the run, as `data:` addresses; of a group's first run alone. */
        images: z
          .array(
            z.strictObject({
              classId: z.int().min(0),
              label: z.string(),
              confidence: z.number().min(0).max(1),
              data: z.string(),
            }),
          )
          .optional(),
      }),
    )
    .min(1),
});

export type Comparison = z.infer<typeof comparisonSchema>;

/** What is measured of a run at the end of the comparison. */
export const MEASURES = {
  median: { title: 'median confidence', of: (values: readonly number[]) => median(values) },
  mean: { title: 'mean confidence', of: (values: readonly number[]) => mean(values) },
  at99: {
    title: 'share of classes at .99',
    of: (values: readonly number[]) => values.filter((value) => value >= 0.99).length / values.length,
  },
} as const;
export type Measure = keyof typeof MEASURES;

/** The groups in the order of their first runs. */
export function groupsOf({ runs }: Comparison): string[] {
  return [...new Set(runs.map(({ group }) => group))];
}

/** What runs are compared at equal numbers of. */
export type Unit = 'evaluations' | 'forward passes';

/** Where runs are compared: at equal forward passes first, where these tell something that evaluations do not. */
export function unitsOf({ cost }: Comparison): readonly Unit[] {
  return cost === undefined ? ['evaluations'] : ['forward passes', 'evaluations'];
}

/** How many of a unit the runs are compared after. */
export function lengthOf({ cost, evaluations }: Comparison, unit: Unit): number {
  return unit === 'evaluations' ? evaluations : (cost ?? evaluations);
}

/** Best confidence of every class of a run where it is compared. */
export function confidencesOf(run: Comparison['runs'][number], unit: Unit): readonly number[] {
  return unit === 'evaluations' ? run.confidences : (run.confidencesAtCost ?? run.confidences);
}

/** Two groups against each other. */
export interface GroupTest extends RankTest {
  readonly at: Unit;
  readonly first: string;
  readonly second: string;
  /** `runs`: a value a run; `classes`: a value a class, the mean over the runs of a group. */
  readonly over: 'runs' | 'classes';
  readonly measure: Measure | 'confidence';
  /** Values of each. */
  readonly sizes: readonly [number, number];
}

/**
 * All pairs of groups, at equal numbers of each unit: each measure over runs where both have at least two, and the confidence
 * over classes.
 */
export function testsOf(comparison: Comparison): GroupTest[] {
  const groups = groupsOf(comparison);
  const pairs = groups.flatMap((first, i) => groups.slice(i + 1).map((second) => [first, second] as const));
  return unitsOf(comparison).flatMap((at) => pairs.flatMap((pair) => testsOfPair(comparison, pair, at)));
}

function testsOfPair(
  { runs, classes }: Comparison,
  [first, second]: readonly [string, string],
  at: Unit,
): GroupTest[] {
  const [a = [], b = []] = [first, second].map((group) =>
    runs.filter((run) => run.group === group).map((run) => confidencesOf(run, at)),
  );
  const names = { first, second, at };
  const overRuns = Object.entries(MEASURES).flatMap(([measure, { of }]): GroupTest[] => {
    if (a.length < 2 || b.length < 2) return [];
    const found = mannWhitney(a.map(of), b.map(of));
    return [{ ...names, ...found, over: 'runs', measure: measure as Measure, sizes: [a.length, b.length] }];
  });
  const byClass = (each: readonly (readonly number[])[]) =>
    Array.from({ length: classes }, (_, classId) => mean(each.map((values) => values[classId] ?? 0)));
  const found = mannWhitney(byClass(a), byClass(b));
  return [
    ...overRuns,
    { ...names, ...found, over: 'classes', measure: 'confidence', sizes: [classes, classes] },
  ];
}

/** The best confidence of every class after jumps up to `end` of a count; 0: empty. */
export function confidencesAt(
  jumps: Iterable<Pick<StoredJump, 'classId' | 'confidence' | 'evaluation' | 'cost'>>,
  classes: number,
  count: 'evaluation' | 'cost',
  end: number,
): number[] {
  const best = new Array<number>(classes).fill(0);
  for (const jump of jumps) {
    const { classId, confidence } = jump;
    if (jump[count] <= end) best[classId] = Math.max(best[classId] ?? 0, confidence);
  }
  return best;
}

/** Forward passes of a whole run. */
export function costOf({ cost, evaluations }: Comparison['runs'][number]): number {
  return cost ?? evaluations;
}

/**
 * Forward passes at each point of a run's curve. An earlier Atoll kept those of the whole run alone: they are spread evenly
 * over its evaluations.
 */
export function costsOf(run: Comparison['runs'][number]): readonly number[] {
  return run.costs ?? run.curve.map(([evaluation]) => (evaluation * costOf(run)) / run.evaluations);
}

/** Whether forward passes tell something that evaluations do not. */
export function hasCosts({ runs }: Comparison): boolean {
  return runs.some((run) => costOf(run) !== run.evaluations);
}

/**
 * The evaluations, and the forward passes, after which the median had reached `least`, to the precision of the curve;
 * undefined: it never had.
 */
export function reachedAt(run: Comparison['runs'][number], least: number): Spent | undefined {
  const at = run.curve.findIndex(([, median]) => median >= least);
  const point = run.curve[at];
  return point && { evaluations: point[0], cost: Math.round(costsOf(run)[at] ?? 0) };
}

/** The value of a curve of steps at each place of a grid; 0 before its first step. Both ascending. */
export function onGrid(
  curve: readonly (readonly [at: number, value: number])[],
  grid: readonly number[],
): number[] {
  let next = 0;
  let value = 0;
  return grid.map((place) => {
    while (next < curve.length && (curve[next]?.[0] ?? 0) <= place) value = curve[next++]?.[1] ?? 0;
    return value;
  });
}
