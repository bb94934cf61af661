import { shareOf } from '../../../../protocol/wire/emitter-share.js';
import type { LiveStatus } from '../../../../protocol/wire/live.js';
import type { Island, RunFacts } from '../views.js';

/** How a run stands, from its live messages or from what a finished one left behind. */
export type Status = LiveStatus;

export function statusOf(facts: RunFacts, islands: readonly Island[]): Status {
  const { run, state, seconds, evaluationsPerSecond, totals, spec } = facts;
  return {
    run,
    state,
    seconds,
    evaluations: totals.evaluations,
    evaluationsPerSecond,
    jumps: totals.jumps,
    goalSwitches: totals.goalSwitches,
    budgetEvaluations: spec.budget.evaluations,
    budgetMinutes: spec.budget.minutes,
    islands,
    cost: totals.cost,
    budgetCost: spec.budget.cost,
    emitters: spec.evolution.emitters.map((name) => ({ name, ...shareOf(totals, name) })),
  };
}

/** Seconds until the first budget is used up; undefined where none can be said. */
export function secondsLeft(status: Status): number | undefined {
  const { state, seconds, evaluations, evaluationsPerSecond, budgetEvaluations, budgetMinutes } = status;
  const { cost, budgetCost } = status;
  if (state !== 'running') return undefined;
  const left: number[] = [];
  if (budgetEvaluations > 0 && evaluationsPerSecond > 0) {
    left.push((budgetEvaluations - evaluations) / evaluationsPerSecond);
  }
  if (budgetCost > 0 && evaluationsPerSecond > 0 && evaluations > 0) {
    left.push(((budgetCost - cost) * evaluations) / cost / evaluationsPerSecond);
  }
  if (budgetMinutes > 0) left.push(budgetMinutes * 60 - seconds);
  return left.length === 0 ? undefined : Math.max(0, Math.min(...left));
}

/** Share of the budget that is used, 0 … 1; undefined where there is none. */
export function budgetUsed(status: Status): number | undefined {
  const { seconds, evaluations, budgetEvaluations, budgetMinutes, cost, budgetCost } = status;
  const used: number[] = [];
  if (budgetEvaluations > 0) used.push(evaluations / budgetEvaluations);
  if (budgetCost > 0) used.push(cost / budgetCost);
  if (budgetMinutes > 0) used.push(seconds / (budgetMinutes * 60));
  return used.length === 0 ? undefined : Math.min(1, Math.max(...used));
}
