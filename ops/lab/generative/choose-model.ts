import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { ImageSet } from '../../../worker/training/image-set.js';
import { principalComponents } from '../statistics/principal-components.js';
import { mean } from '../statistics/quantile.js';
import { fitModel, type GenerativeModel, judgeOf, type Points } from './generative-model.js';

/** Sizes that are tried: dimensions of the plane, and Gaussians a class. */
export const DIMENSIONS = [50, 100] as const;
export const COMPONENTS = [10, 40] as const;

export interface Trial {
  readonly dimensions: number;
  readonly components: number;
  /** Mean log density of the held-out images, in nats. */
  readonly heldOut: number;
}

export interface Choice {
  readonly model: GenerativeModel;
  readonly trials: readonly Trial[];
  /** Log density of each held-out image under the model that was chosen. */
  readonly densities: Float64Array;
}

/** Images that the plane is found in, and rounds of EM, at most. */
const PLANE_IMAGES = 4000;
const ROUNDS = 30;

/**
 * Fits a model of each size to `train`, and takes the one under which the images held out are likeliest. All densities are of
 * whole images, so that planes of different sizes can be compared. `onStep` is told after each class of each model.
 */
export async function chooseModel(
  train: ImageSet,
  heldOut: ImageSet,
  seed: number,
  onStep: (done: number, total: number) => void,
): Promise<Choice> {
  const points = pointsOf(train);
  const classes = train.classes.length;
  const most = Math.max(...DIMENSIONS.filter((each) => each < points.size));
  const spaced = spacedPoints(points, PLANE_IMAGES);
  const whole = principalComponents(spaced, points.size, most, randomFrom(seed, 'generative', 'plane'));
  const sizes = DIMENSIONS.filter((each) => each <= most).flatMap((dimensions) =>
    COMPONENTS.map((components) => ({ dimensions, components })),
  );
  const trials: Trial[] = [];
  let best: Omit<Choice, 'trials'> | undefined;
  for (const [i, { dimensions, components }] of sizes.entries()) {
    const plane = {
      ...whole,
      directions: whole.directions.slice(0, dimensions * points.size),
      variances: whole.variances.slice(0, dimensions),
    };
    const random = randomFrom(seed, 'generative', dimensions, components);
    const options = { plane, classes, components, rounds: ROUNDS, random };
    const model = await fitModel(points, options, async (classId) => {
      onStep(i * classes + classId + 1, sizes.length * classes);
      await nextTurn();
    });
    const densities = densitiesOf(model, heldOut);
    const likelihood = mean(densities);
    if (trials.every((trial) => likelihood > trial.heldOut)) best = { model, densities };
    trials.push({ dimensions, components, heldOut: likelihood });
  }
  if (best === undefined) throw new RangeError('expected images of more than one pixel');
  return { ...best, trials };
}

/** The log density of every image of a set. */
export function densitiesOf(model: GenerativeModel, set: ImageSet): Float64Array {
  const judge = judgeOf(model);
  const { values, size } = pointsOf(set);
  return Float64Array.from(
    { length: set.count },
    (_, i) => judge(values.subarray(i * size, (i + 1) * size)).density,
  );
}

function pointsOf({ pixels, width, height, labels }: ImageSet): Points {
  const values = new Float64Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = (pixels[i] as number) / 255;
  return { values, size: width * height, labels };
}

/** At most so many of the points, evenly spaced. */
function spacedPoints({ values, size }: Points, atMost: number): Float64Array {
  const count = values.length / size;
  if (count <= atMost) return values;
  const out = new Float64Array(atMost * size);
  for (let i = 0; i < atMost; i++) {
    const from = Math.floor((i * count) / atMost) * size;
    out.set(values.subarray(from, from + size), i * size);
  }
  return out;
}
