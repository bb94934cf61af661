import { hasStalled } from './early-stopping.js';
import { type TrainingData, type TrainingStep, trainEpoch } from './epoch.js';
import type { GradientSession } from './gradient-session.js';
import type { TrainingPlan } from './training-plan.js';
import type { TrainingState } from './training-state.js';

export interface TrainingWatch {
  readonly onStep?: (step: TrainingStep) => void;
  /** After each epoch, before the next begins. */
  readonly onEpoch?: (state: TrainingState) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a training has come to its end. */
export function isTrained(plan: TrainingPlan, { history }: TrainingState): boolean {
  return history.length >= plan.epochs || hasStalled(history, plan.patience);
}

/** Trains from `state` to the end of the plan; see {@link trainEpoch}. */
export async function trainNetwork(
  plan: TrainingPlan,
  state: TrainingState,
  data: TrainingData,
  session: GradientSession,
  { onStep, onEpoch, signal }: TrainingWatch = {},
): Promise<TrainingState> {
  let now = state;
  while (!isTrained(plan, now)) {
    now = await trainEpoch(plan, now, data, session, onStep, signal);
    await onEpoch?.(now);
  }
  return now;
}
