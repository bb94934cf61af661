import type { RunSummary } from '../../coordinator/coordinator.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { duration } from '../cli/progress.js';

/** Share of the newest rate in the running mean, a second's worth. */
const SMOOTHING = 0.2;

/** The progress line of a run: evaluations, rate, coverage, median, classes ≥ .99, time left. */
export function createStatusLine(spec: RunSpec): (summary: RunSummary) => string {
  let seenAt: { seconds: number; evaluations: number } | undefined;
  let rate = 0;
  return (summary) => {
    const { seconds, totals } = summary;
    if (seenAt === undefined || seconds - seenAt.seconds >= 1) {
      if (seenAt !== undefined) {
        const newest = (totals.evaluations - seenAt.evaluations) / (seconds - seenAt.seconds);
        rate = rate === 0 ? newest : rate + SMOOTHING * (newest - rate);
      }
      seenAt = { seconds, evaluations: totals.evaluations };
    }
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
function secondsLeft({ budget }: RunSpec, { totals, seconds }: RunSummary, rate: number): number | undefined {
  const limits: number[] = [];
  if (budget.minutes > 0) limits.push(60 * budget.minutes - seconds);
  if (budget.evaluations > 0 && rate > 0) limits.push((budget.evaluations - totals.evaluations) / rate);
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
}
