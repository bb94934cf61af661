import { setImmediate } from 'node:timers/promises';
import { InterruptedError } from '../../protocol/base/errors.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { writeAugmented } from './augmentation.js';
import { bestEpoch } from './early-stopping.js';
import { evaluateWeights, greatest } from './evaluation.js';
import type { GradientSession } from './gradient-session.js';
import type { ImageSet } from './image-set.js';
import { weightShapes } from './network-plan.js';
import { OPTIMISERS, type OptimiserState } from './optimiser.js';
import { randomOrder } from './random-order.js';
import { scheduledRate } from './schedule.js';
import { frameOf, type TrainingPlan } from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** Images to train on, and others to see how well it went. */
export interface TrainingData {
  readonly train: ImageSet;
  readonly validation: ImageSet;
}

/** Where a training is: images seen of all that it will see if it does not end early. */
export interface TrainingStep {
  /** From 0. */
  readonly epoch: number;
  readonly done: number;
  readonly total: number;
  /** Of this batch. */
  readonly loss: number;
}

/** Steps an epoch: a batch that could not be filled is left out, unless it is the only one. */
export function stepsOf({ batch }: TrainingPlan, { train }: TrainingData): number {
  return Math.max(1, Math.floor(train.count / batch));
}

/**
 * Trains one more epoch. The same plan, state and data give the same bytes. `state` is not changed.
 * Rejects with an {@link InterruptedError} soon after `signal` is aborted.
 */
export async function trainEpoch(
  plan: TrainingPlan,
  state: TrainingState,
  data: TrainingData,
  session: GradientSession,
  onStep: (step: TrainingStep) => void = () => {},
  signal?: AbortSignal,
): Promise<TrainingState> {
  const epoch = state.history.length;
  const random = randomFrom(plan.seed, 'training', 'epoch', epoch);
  const order = randomOrder(data.train.count, random);
  const steps = stepsOf(plan, data);
  const weights = state.weights.map((each) => each.slice());
  const copied = (arrays: readonly Float32Array[]) => arrays.map((each) => each.slice());
  const { first, second } = state.optimiser;
  let optimiser: OptimiserState = { ...state.optimiser, first: copied(first), second: copied(second) };
  const decays = weightShapes(plan.network).map(
    ({ name, fanIn }) => fanIn > 0 && !isStandardised(plan, name),
  );
  const feed = batchOf(plan, data.train);
  let loss = 0;
  let right = 0;
  for (let step = 0; step < steps; step++) {
    const { images, targets, labels } = feed(order, step, random);
    const outcome = await session.gradients(images, targets, weights);
    const rate = scheduledRate(plan.rate, optimiser.steps, plan.epochs * steps);
    const size = { rate, decay: plan.decay };
    optimiser = OPTIMISERS[plan.optimiser].step(weights, outcome.gradients, optimiser, size, decays);
    loss += outcome.loss;
    right += rightOf(outcome.logits, labels);
    onStep({
      epoch,
      done: (epoch * steps + step + 1) * plan.batch,
      total: plan.epochs * steps * plan.batch,
      loss: outcome.loss,
    });
    // Lets signals in.
    await setImmediate();
    if (signal?.aborted) throw new InterruptedError('Interrupted. The finished epochs are kept.');
  }
  const validation = await evaluateWeights(plan, session, weights, data.validation);
  const figures = {
    loss: loss / steps,
    trainAccuracy: right / (steps * plan.batch),
    validationLoss: validation.loss,
    accuracy: validation.accuracy,
  };
  const history = [...state.history, figures];
  const isBest = plan.patience > 0 && bestEpoch(history) === epoch;
  return { history, weights, optimiser, best: isBest ? weights : state.best };
}

/** What fills a batch, from `order`, in arrays that each call takes up again; an only batch goes round. */
function batchOf(plan: TrainingPlan, set: ImageSet) {
  const frame = frameOf(plan);
  const size = frame.width * frame.height * frame.channels;
  const { classes } = plan.network;
  const images = new Float32Array(plan.batch * size);
  const targets = new Float32Array(plan.batch * classes);
  const labels = new Uint16Array(plan.batch);
  return (order: Uint32Array, step: number, random: RandomStream) => {
    targets.fill(plan.smoothing / classes);
    for (let i = 0; i < plan.batch; i++) {
      const index = order[(step * plan.batch + i) % order.length] as number;
      writeAugmented(set, index, frame, plan.augmentation, random, images, i * size);
      const label = set.labels[index] as number;
      labels[i] = label;
      targets[i * classes + label] = plan.smoothing / classes + 1 - plan.smoothing;
    }
    return { images, targets, labels };
  };
}

function rightOf(logits: Float32Array, labels: Uint16Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce(
    (sum, label, i) => sum + Number(greatest(logits.subarray(i * classes, (i + 1) * classes)) === label),
    0,
  );
}

function isStandardised(plan: TrainingPlan, weights: string): boolean {
  const scale = weights.replace(/\.weights$/, '.scale');
  return weightShapes(plan.network).some(({ name }) => name === scale);
}
