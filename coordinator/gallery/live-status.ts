import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { shareOf } from '../../protocol/wire/emitter-share.js';
import type { LiveStatus } from '../../protocol/wire/live.js';
import type { Coordinator } from '../coordinator.js';
import type { Pace } from '../islands/pace.js';

/** How a run stands, for the pages that follow it. */
export function liveStatus(parts: {
  readonly spec: Pick<RunSpec, 'budget' | 'evolution' | 'name'>;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
  readonly pace: Pick<Pace, 'of' | 'total'>;
}): LiveStatus {
  const { spec, coordinator, pace } = parts;
  const { seconds, totals } = coordinator.summary();
  return {
    run: spec.name,
    state: coordinator.state,
    seconds,
    evaluations: totals.evaluations,
    evaluationsPerSecond: pace.total,
    jumps: totals.jumps,
    goalSwitches: totals.goalSwitches,
    budgetEvaluations: spec.budget.evaluations,
    budgetMinutes: spec.budget.minutes,
    cost: totals.cost,
    budgetCost: spec.budget.cost,
    emitters: spec.evolution.emitters.map((name) => ({ name, ...shareOf(totals, name) })),
    islands: coordinator.islands().map((island) => ({
      number: island.number,
      worker: island.worker,
      device: island.device,
      state: island.state,
      evaluations: island.totals.evaluations,
      evaluationsPerSecond: pace.of(island.number),
    })),
  };
}
