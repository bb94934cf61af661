import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { EpochFigures } from './early-stopping.js';
import { initialWeights } from './initial-weights.js';
import { OPTIMISERS, type OptimiserState } from './optimiser.js';
import type { TrainingPlan } from './training-plan.js';

/** All that training goes on from: it is a chain of epochs, each of which is a function of the plan, this and the data. */
export interface TrainingState {
  /** Of each epoch done. */
  readonly history: readonly EpochFigures[];
  /** In the order of weightShapes(plan.network). */
  readonly weights: readonly Float32Array[];
  readonly optimiser: OptimiserState;
  /** The weights after the best epoch; none before the first epoch, and where the plan takes the last one's. */
  readonly best: readonly Float32Array[];
}

/** The state before the first epoch. `weights`: what to start from instead of random ones; they are copied. */
export function initialState(plan: TrainingPlan, weights?: readonly Float32Array[]): TrainingState {
  const random = randomFrom(plan.seed, 'training', 'weights');
  const start = weights?.map((each) => each.slice()) ?? initialWeights(plan.network, random);
  return { history: [], weights: start, optimiser: OPTIMISERS[plan.optimiser].start(start), best: [] };
}

/** The weights that a training comes to. */
export function finalWeights(plan: TrainingPlan, state: TrainingState): readonly Float32Array[] {
  return plan.patience > 0 && state.best.length > 0 ? state.best : state.weights;
}
