import type { RunSpec } from '../../protocol/spec/run-spec.js';

/** Why a run ended: its islands used up their shares, a limit of its budget was reached, or someone asked. */
export type EndReason = 'quota' | 'evaluations' | 'minutes' | 'target-median' | 'requested';

/** The first limit that is reached; undefined while there is none. `median` is only asked for where it matters. */
export function budgetReached(
  budget: RunSpec['budget'],
  progress: { readonly evaluations: number; readonly minutes: number; readonly median: () => number },
): EndReason | undefined {
  const { evaluations, minutes, targetMedian } = budget;
  if (evaluations > 0 && progress.evaluations >= evaluations) return 'evaluations';
  if (minutes > 0 && progress.minutes >= minutes) return 'minutes';
  if (targetMedian > 0 && progress.median() >= targetMedian) return 'target-median';
  return undefined;
}
