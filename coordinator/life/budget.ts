import type { RunSpec } from '../../protocol/spec/run-spec.js';

/** Why a run ended: its islands used up their shares, a limit of its budget was reached, or someone asked. */
export type EndReason = 'quota' | 'evaluations' | 'cost' | 'minutes' | 'target-median' | 'requested';

/** The first limit that is reached; undefined while there is none. `median` is only asked for where it matters. */
export function budgetReached(
  budget: RunSpec['budget'],
  progress: {
    readonly evaluations: number;
    readonly cost: number;
    readonly minutes: number;
    readonly median: () => number;
  },
): EndReason | undefined {
  const { evaluations, cost, minutes, targetMedian } = budget;
  if (evaluations > 0 && progress.evaluations >= evaluations) return 'evaluations';
  if (cost > 0 && progress.cost >= cost) return 'cost';
  if (minutes > 0 && progress.minutes >= minutes) return 'minutes';
  if (targetMedian > 0 && progress.median() >= targetMedian) return 'target-median';
  return undefined;
}
