import { randomFrom } from '../../protocol/base/seeded-random.js';
import { tensorLength } from '../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { trialImages } from '../../worker/classifier/trial-images.js';

/** Seconds and ratios are medians over the rounds; a round is one classification and one gradient, so that drift cancels. */
export interface GradientBench {
  /** Images a call. */
  readonly batch: number;
  /** Of an image: to classify it. */
  readonly forwardSeconds: number;
  /** Of an image: its confidences and its gradient. */
  readonly gradientSeconds: number;
  /** What a gradient costs, the forward pass that is in it included. */
  readonly forwardPasses: number;
  readonly rounds: number;
}

/**
 * Measures what gradients cost on an open classifier, for about `seconds`; `clock` gives seconds. Rejects as
 * `classifier.gradient` does, where there is none.
 */
export async function benchGradient(parts: {
  readonly classifier: Classifier;
  readonly batch: number;
  readonly seconds: number;
  readonly seed: number;
  readonly clock: () => number;
}): Promise<GradientBench> {
  const { classifier, batch, seconds, clock } = parts;
  const random = randomFrom(parts.seed, 'bench gradient');
  const length = batch * tensorLength(classifier.input);
  const images = trialImages(classifier.input, batch).subarray(0, length);
  const gradient = async () => {
    const classIds = Array.from({ length: batch }, () => random.below(classifier.classes));
    await classifier.gradient?.(images, batch, classIds);
  };
  // The first of each opens its session and settles.
  await classifier.classify(images, batch);
  await gradient();
  const forward: number[] = [];
  const both: number[] = [];
  const start = clock();
  while (forward.length < LEAST_ROUNDS || clock() - start < seconds) {
    forward.push(await timed(() => classifier.classify(images, batch), clock));
    both.push(await timed(gradient, clock));
  }
  return {
    batch,
    forwardSeconds: median(forward) / batch,
    gradientSeconds: median(both) / batch,
    forwardPasses: median(both.map((each, i) => each / (forward[i] ?? 1))),
    rounds: forward.length,
  };
}

const LEAST_ROUNDS = 3;

async function timed(once: () => Promise<unknown>, clock: () => number): Promise<number> {
  const start = clock();
  await once();
  return clock() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
