import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { channelCount, tensorLength } from '../../protocol/drawing/tensor-spec.js';
import { type DenseShape, weightCount } from '../../protocol/encodings/dense/genome.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { DEFAULT_LAYERS } from '../../protocol/encodings/layers-spec.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { type Encoding, PARAMETRIC_ENCODING } from '../../protocol/encodings/names.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { trialImages } from '../../worker/classifier/trial-images.js';
import { createDrawnScorer } from '../../worker/drawn-scorer.js';
import { createDenseScorer } from '../../worker/onnx/dense/dense-scorer.js';
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
  /** Of genomes whose encoding has a pull-back, in forward passes: what they cost where the kernel draws. */
  readonly kernel?: {
    readonly drawPasses: number;
    /** A step of a visit: confidences, and the gradient by the genome's parameters. */
    readonly stepPasses: number;
  };
  /** Of dense genomes that the engine draws; absent for other encodings, and where the engine draws none. */
  readonly drawn?: {
    /** What drawing and classifying cost, in forward passes, and what they cost with the gradient by the weights. */
    readonly classifyPasses: number;
    readonly gradientPasses: number;
    /** A step of a visit: that gradient, and the confidences of what the kernel draws. */
    readonly stepPasses: number;
    /** Bytes that cross to the engine for one. */
    readonly bytes: number;
  };
  readonly rounds: number;
}

/** What is measured, by its name. */
type Tasks = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Measures what gradients cost on an open classifier, for about `seconds`; `clock` gives seconds. Rejects as
 * `classifier.gradient` does, where there is none.
 */
export async function benchGradient(parts: {
  readonly classifier: Classifier;
  readonly drawer: Drawer;
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
  const run = {
    canvas: classifier.input.width,
    channels: channelCount(classifier.input.channels),
    layers: DEFAULT_LAYERS,
  };
  const { variation } = encodingOf(encoding);
  const genomes = Array.from({ length: batch }, () => variation.random(run, random));
  const shape: DenseShape = { channels: run.channels, layers: run.layers.count, width: run.layers.width };
  const tasks: Tasks = {
    forward: () => classifier.classify(images, batch),
    gradient: async () => classifier.gradient?.(images, batch, classIds()),
    ...kernelTasks(parts, genomes, classIds),
    ...engineTasks(parts, genomes, classIds, shape),
  };
  // The first of each opens its session and settles.
  for (const task of Object.values(tasks)) await task();
  const rounds: Record<string, number>[] = [];
  const start = clock();
  while (rounds.length < LEAST_ROUNDS || clock() - start < seconds) {
    const round: Record<string, number> = {};
    for (const [name, task] of Object.entries(tasks)) round[name] = await timed(task, clock);
    rounds.push(round);
  }
  const passes = (task: string) => median(rounds.map((round) => (round[task] ?? 0) / (round.forward ?? 1)));
  const secondsOf = (task: string) => median(rounds.map((round) => round[task] ?? 0)) / batch;
  return {
    batch,
    forwardSeconds: secondsOf('forward'),
    gradientSeconds: secondsOf('gradient'),
    forwardPasses: passes('gradient'),
    ...('kernelStep' in tasks && {
      kernel: { drawPasses: passes('draw'), stepPasses: passes('kernelStep') },
    }),
    ...('engineStep' in tasks && {
      drawn: {
        classifyPasses: passes('engineClassify'),
        gradientPasses: passes('engineGradient'),
        stepPasses: passes('engineStep'),
        // The weights, and a class.
        bytes: 4 * weightCount(shape) + 8,
      },
    }),
    rounds: rounds.length,
  };
}

const LEAST_ROUNDS = 3;

interface Measured {
  readonly classifier: Classifier;
  readonly drawer: Drawer;
  readonly encoding: Encoding;
}

/** None where the encoding has no pull-back, or the engine no gradient. */
function kernelTasks(
  { classifier, drawer, encoding }: Measured,
  genomes: readonly Genome[],
  classIds: () => number[],
): Tasks {
  const { gradient } = createDrawnScorer({ classifier, drawer, views: 'single', encoding });
  if (gradient === undefined) return {};
  return {
    draw: async () => drawer.tensor(genomes, classifier.input, 'single'),
    kernelStep: () => gradient(genomes, classIds()),
  };
}

/** None where the engine does not draw such genomes; `shape` is theirs, if they are dense. */
function engineTasks(
  { classifier, drawer, encoding }: Measured,
  genomes: readonly Genome[],
  classIds: () => number[],
  shape: DenseShape,
): Tasks {
  if (encoding !== PARAMETRIC_ENCODING || classifier.openDense === undefined) return {};
  const engine = createDenseScorer({ classifier, shape });
  const { score } = createDrawnScorer({ classifier, drawer, views: 'single' });
  return {
    engineClassify: () => engine.score(genomes),
    engineGradient: () => engine.gradient(genomes, classIds()),
    async engineStep() {
      await engine.gradient(genomes, classIds());
      await score(genomes);
    },
  };
}

async function timed(once: () => Promise<unknown>, clock: () => number): Promise<number> {
  const start = clock();
  await once();
  return clock() - start;
}
