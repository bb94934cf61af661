import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InterruptedError } from '../../protocol/base/errors.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { createLenet, type Lenet } from './lenet.js';
import { DIGIT_CLASSES, DIGIT_PIXELS, DIGIT_SIDE, type DigitSet } from './mnist.js';

/** What decides the weights that come out, beside the data. */
export interface TrainingPlan {
  readonly seed: number;
  readonly epochs: number;
}

/** Images a step: greater batches are no faster per image on the wasm backend, and learn less an epoch. */
const BATCH = 64;
/** Adam's (Kingma and Ba 2015) usual rate, doubled: it falls to nearly nothing along a half cosine. */
const RATE = 0.002;
/** Each image is moved by up to this number of pixels either way, differently in every epoch; MNIST leaves a margin of four. */
const SHIFT = 2;
/** Images classified in one call. */
const TEST_BATCH = 500;

/** All that training goes on from: training is a chain of epochs, each a pure function of this and the data. */
export interface TrainingState {
  /** Epochs done. */
  readonly epoch: number;
  readonly weights: readonly Float32Array[];
  /** Adam's: steps done, and the first and second moments of every weight; none before the first epoch. */
  readonly optimiser: { readonly steps: number; readonly moments: readonly Float32Array[] };
}

export interface TrainingStep {
  readonly epoch: number;
  readonly step: number;
  /** Steps an epoch. */
  readonly steps: number;
  /** Cross-entropy of this batch. */
  readonly loss: number;
}

/** The state of an untrained network. */
export function initialState(seed: number): TrainingState {
  const lenet = createLenet(seed);
  const weights = lenet.network.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
  lenet.dispose();
  return { epoch: 0, weights, optimiser: { steps: 0, moments: [] } };
}

/** A network with the weights of a state; the caller disposes of it. */
export function networkOf(state: TrainingState): Lenet {
  const lenet = createLenet(0);
  const tensors = lenet.network
    .getWeights()
    .map((weight, i) => tf.tensor(at(state.weights, i), weight.shape));
  lenet.network.setWeights(tensors);
  tf.dispose(tensors);
  return lenet;
}

/**
 * Trains one more epoch. The same plan, state and data give the same bytes, on the backend that is in use.
 * Rejects with an {@link InterruptedError} soon after `signal` is aborted.
 */
export async function trainEpoch(
  plan: TrainingPlan,
  state: TrainingState,
  data: DigitSet,
  onStep: (step: TrainingStep) => void = () => {},
  signal?: AbortSignal,
): Promise<TrainingState> {
  const random = randomFrom(plan.seed, 'digits', 'epoch', state.epoch);
  const order = shuffled(data.count, random);
  const steps = Math.ceil(data.count / BATCH);
  const lenet = networkOf(state);
  const optimiser = tf.train.adam((RATE * (1 + Math.cos((Math.PI * state.epoch) / plan.epochs))) / 2);
  try {
    const variables = lenet.network.trainableWeights.map((weight) => weight.read() as tf.Variable);
    await restoreMoments(optimiser, state, variables);
    for (let step = 0; step < steps; step++) {
      const chosen = order.subarray(step * BATCH, (step + 1) * BATCH);
      const loss = tf.tidy(() => {
        const images = shiftedImages(data, chosen, random);
        const labels = oneHot(data, chosen);
        const cost = optimiser.minimize(
          () => tf.losses.softmaxCrossEntropy(labels, lenet.logits.apply(images) as tf.Tensor) as tf.Scalar,
          true,
          variables,
        );
        return cost?.dataSync()[0] ?? Number.NaN;
      });
      onStep({ epoch: state.epoch, step, steps, loss });
      // Lets signals in.
      await setImmediate();
      if (signal?.aborted) throw new InterruptedError('Interrupted. The finished epochs are kept.');
    }
    return {
      epoch: state.epoch + 1,
      weights: variables.map((variable) => variable.dataSync<'float32'>().slice()),
      optimiser: await savedMoments(optimiser),
    };
  } finally {
    optimiser.dispose();
    lenet.dispose();
  }
}

/** Share of `data` that a network ([n, 28, 28, 1] in 0 … 1 → [n, 10]) puts into the right class. */
export function accuracyOf(network: LayersModel, data: DigitSet): number {
  let right = 0;
  for (let start = 0; start < data.count; start += TEST_BATCH) {
    const count = Math.min(TEST_BATCH, data.count - start);
    const guesses = tf.tidy(() => {
      const bytes = data.images.subarray(start * DIGIT_PIXELS, (start + count) * DIGIT_PIXELS);
      const images = tf.tensor4d(Float32Array.from(bytes, scaled), [count, DIGIT_SIDE, DIGIT_SIDE, 1]);
      return tf.argMax(network.apply(images) as tf.Tensor2D, 1).dataSync<'int32'>();
    });
    right += guesses.reduce((sum, guess, i) => sum + Number(guess === data.labels[start + i]), 0);
  }
  return right / data.count;
}

async function restoreMoments(
  optimiser: tf.Optimizer,
  { optimiser: { steps, moments } }: TrainingState,
  variables: readonly tf.Variable[],
): Promise<void> {
  if (moments.length === 0) return;
  const tensors = moments.map((moment, i) => tf.tensor(moment, at(variables, i % variables.length).shape));
  const named = tensors.map((tensor, i) => ({ name: `moment${i}`, tensor }));
  const count = tf.scalar(steps, 'int32');
  await optimiser.setWeights([{ name: 'iter', tensor: count }, ...named]);
  tf.dispose([count, tensors]);
}

async function savedMoments(optimiser: tf.Optimizer): Promise<TrainingState['optimiser']> {
  const [count, ...moments] = await optimiser.getWeights();
  const steps = count?.tensor.dataSync()[0] ?? 0;
  count?.tensor.dispose();
  return { steps, moments: moments.map(({ tensor }) => tensor.dataSync<'float32'>().slice()) };
}

/** 0 … count−1 in random order (Fisher and Yates). */
function shuffled(count: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = at(order, i);
    order[i] = at(order, j);
    order[j] = kept;
  }
  return order;
}

/** Shape [chosen, 28, 28, 1] in 0 … 1, each image moved at random; what moves in is paper. */
function shiftedImages(data: DigitSet, chosen: Uint32Array, random: RandomStream): tf.Tensor4D {
  const values = new Float32Array(chosen.length * DIGIT_PIXELS);
  chosen.forEach((index, n) => {
    const right = random.below(2 * SHIFT + 1) - SHIFT;
    const down = random.below(2 * SHIFT + 1) - SHIFT;
    const first = Math.max(0, right);
    const last = Math.min(DIGIT_SIDE, DIGIT_SIDE + right);
    for (let y = Math.max(0, down); y < Math.min(DIGIT_SIDE, DIGIT_SIDE + down); y++) {
      const row = index * DIGIT_PIXELS + (y - down) * DIGIT_SIDE - right;
      for (let x = first; x < last; x++) {
        values[n * DIGIT_PIXELS + y * DIGIT_SIDE + x] = scaled(at(data.images, row + x));
      }
    }
  });
  return tf.tensor4d(values, [chosen.length, DIGIT_SIDE, DIGIT_SIDE, 1]);
}

function oneHot(data: DigitSet, chosen: Uint32Array): tf.Tensor2D {
  const values = new Float32Array(chosen.length * DIGIT_CLASSES);
  chosen.forEach((index, n) => {
    values[n * DIGIT_CLASSES + at(data.labels, index)] = 1;
  });
  return tf.tensor2d(values, [chosen.length, DIGIT_CLASSES]);
}

/** The network's input for a byte: what the shipped card's `scale` says. */
function scaled(byte: number): number {
  return byte / 255;
}

function at<T>(list: { readonly [index: number]: T; readonly length: number }, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`expected an index below ${list.length}, got ${index}`);
  return item;
}
