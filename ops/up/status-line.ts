import { createRate } from '../../coordinator/islands/rate.js';
import type { RunSummary } from '../../coordinator/life/run-state.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { duration } from '../cli/duration.js';

/** The progress line of a run: evaluations, rate, coverage, median, classes ≥ .99, time left. */
export function createStatusLine(spec: RunSpec): (summary: RunSummary) => string {
  const follow = createRate();
  return (summary) => {
    const { seconds, totals } = summary;
    const rate = follow(seconds, totals.evaluations);
    const left = secondsLeft(spec, summary, rate);
    return [
      `${totals.evaluations.toLocaleString('en-US')} evaluations`,
      `${Math.round(rate).toLocaleString('en-US')}/s`,
      `coverage ${Math.round(100 * summary.coverage)} %`,
      `median ${summary.median.toFixed(4)}`,
      `≥ .99: ${summary.above['0.99']} of ${spec.classes}`,
      ...(left === undefined ? [] : [`${duration(left)} left`]),
    ].join(' · ');
  };
}

/** Until the first of the limits that can be foreseen; undefined when there is none yet. */
export function secondsLeft(
  { budget }: { readonly budget: Pick<RunSpec['budget'], 'evaluations' | 'cost' | 'minutes'> },
  {
    totals,
    seconds,
  }: { readonly totals: { readonly evaluations: number; readonly cost: number }; readonly seconds: number },
  rate: number,
): number | undefined {
  const limits: number[] = [];
  if (budget.minutes > 0) limits.push(60 * budget.minutes - seconds);
  if (budget.evaluations > 0 && rate > 0) limits.push((budget.evaluations - totals.evaluations) / rate);
  if (budget.cost > 0 && rate > 0 && totals.evaluations > 0) {
    const perEvaluation = totals.cost / totals.evaluations;
    limits.push((budget.cost - totals.cost) / perEvaluation / rate);
  }
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
}
