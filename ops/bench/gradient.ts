import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { channelCount, tensorLength } from '../../protocol/drawing/tensor-spec.js';
import { type DenseShape, weightCount } from '../../protocol/encodings/dense/genome.js';
import { DENSE_PARAMETERS } from '../../protocol/encodings/dense/parameters.js';
import { randomDense } from '../../protocol/encodings/dense/variation.js';
import { DEFAULT_LAYERS } from '../../protocol/encodings/layers-spec.js';
import type { Encoding } from '../../protocol/encodings/names.js';
import { PARAMETRIC_ENCODING } from '../../protocol/encodings/names.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { trialImages } from '../../worker/classifier/trial-images.js';
import { median } from './median.js';

/** Seconds and ratios are medians over the rounds; a round takes each measurement once, in turn, so that drift cancels. */
export interface GradientBench {
  /** Images a call. */
  readonly batch: number;
  /** Of an image: to classify it. */
  readonly forwardSeconds: number;
  /** Of an image: its confidences and its gradient. */
  readonly gradientSeconds: number;
  /** What a gradient costs, the forward pass that is in it included. */
  readonly forwardPasses: number;
  /** Of a dense genome that the engine draws; absent for other encodings, and where the engine draws none. */
  readonly drawn?: {
    /** What drawing and classifying cost, in forward passes, and what they cost with the gradient by the weights. */
    readonly classifyPasses: number;
    readonly gradientPasses: number;
    /** Bytes that cross to the engine for one. */
    readonly bytes: number;
  };
  readonly rounds: number;
}

/**
 * Measures what gradients cost on an open classifier, for about `seconds`; `clock` gives seconds. Rejects as
 * `classifier.gradient` does, where there is none.
 */
export async function benchGradient(parts: {
  readonly classifier: Classifier;
  readonly encoding: Encoding;
  readonly batch: number;
  readonly seconds: number;
  readonly seed: number;
  readonly clock: () => number;
}): Promise<GradientBench> {
  const { classifier, batch, encoding, seconds, clock } = parts;
  const random = randomFrom(parts.seed, 'bench gradient');
  const images = trialImages(classifier.input, batch).subarray(0, batch * tensorLength(classifier.input));
  const classIds = () => Array.from({ length: batch }, () => random.below(classifier.classes));
  const shape: DenseShape = {
    channels: channelCount(classifier.input.channels),
    layers: DEFAULT_LAYERS.count,
    width: DEFAULT_LAYERS.width,
  };
  const engine = encoding === PARAMETRIC_ENCODING ? await classifier.openDense?.(shape) : undefined;
  const weights = weightsOf(shape, batch, random);
  const tasks = [
    () => classifier.classify(images, batch),
    async () => classifier.gradient?.(images, batch, classIds()),
    ...(engine === undefined
      ? []
      : [() => engine.classify(weights, batch), () => engine.gradient(weights, batch, classIds())]),
  ];
  // The first of each opens its session and settles.
  for (const task of tasks) await task();
  const rounds: number[][] = [];
  const start = clock();
  while (rounds.length < LEAST_ROUNDS || clock() - start < seconds) {
    const round: number[] = [];
    for (const task of tasks) round.push(await timed(task, clock));
    rounds.push(round);
  }
  const passes = (task: number) => median(rounds.map((round) => (round[task] ?? 0) / (round[0] ?? 1)));
  const secondsOf = (task: number) => median(rounds.map((round) => round[task] ?? 0)) / batch;
  return {
    batch,
    forwardSeconds: secondsOf(0),
    gradientSeconds: secondsOf(1),
    forwardPasses: passes(1),
    ...(engine !== undefined && {
      drawn: {
        classifyPasses: passes(2),
        gradientPasses: passes(3),
        // The weights, and a class.
        bytes: 4 * weightCount(shape) + 8,
      },
    }),
    rounds: rounds.length,
  };
}

const LEAST_ROUNDS = 3;

/** The weights of random genomes, one after the other. */
function weightsOf(shape: DenseShape, count: number, random: RandomStream): Float32Array {
  const each = weightCount(shape);
  const all = new Float32Array(count * each);
  for (let i = 0; i < count; i++) all.set(DENSE_PARAMETERS.read(randomDense(shape, random)), i * each);
  return all;
}

async function timed(once: () => Promise<unknown>, clock: () => number): Promise<number> {
  const start = clock();
  await once();
  return clock() - start;
}
