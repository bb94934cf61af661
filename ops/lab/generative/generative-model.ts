import type { RandomStream } from '../../../protocol/base/random.js';
import { fitMixture, logSum, type Mixture, scorerOf } from '../statistics/gaussian-mixture.js';
import { type PrincipalComponents, project } from '../statistics/principal-components.js';

/**
 * A model of how images of each class come about. The position of an image in the plane of the principal components is drawn from a
 * mixture of Gaussians of its class; what is left of it, perpendicular to the plane, is the same Gaussian noise in every
 * direction, as in probabilistic principal component analysis (Tipping and Bishop, J. R. Stat. Soc. B 61, 1999). So every
 * image has a density, and one that lies far from the plane has a small one. Pixels are 0 … 1.
 */
export interface GenerativeModel {
  readonly plane: PrincipalComponents;
  /** Of the noise in each direction that is perpendicular to the plane. */
  readonly noise: number;
  /** One a class. */
  readonly mixtures: readonly Mixture[];
  /** Log of each class's share of the images. */
  readonly priors: Float64Array;
}

/** Images as pixels 0 … 1, shape [count, size], and the class of each. */
export interface Points {
  readonly values: Float64Array;
  readonly size: number;
  readonly labels: ArrayLike<number>;
}

export interface FitOptions {
  readonly plane: PrincipalComponents;
  readonly classes: number;
  readonly components: number;
  readonly rounds: number;
  readonly random: RandomStream;
}

/** No variance is below this share of the same direction's over all images. */
const FLOOR = 1e-3;
/** … nor the noise below this, which is a byte's rounding error: 1 / 12 · 255². */
const ROUNDING = 1 / (12 * 255 ** 2);

/**
 * Fits the mixture of every class in a given plane. `onClass` is told after each. Throws a RangeError where a class has no image.
 */
export async function fitModel(
  { values, size, labels }: Points,
  { plane, classes, components, rounds, random }: FitOptions,
  onClass: (classId: number) => Promise<void> = async () => {},
): Promise<GenerativeModel> {
  const count = values.length / size;
  const dimensions = plane.variances.length;
  const rows: number[][] = Array.from({ length: classes }, () => []);
  const places = new Float64Array(count * dimensions);
  let rest = 0;
  for (let p = 0; p < count; p++) {
    const place = places.subarray(p * dimensions, (p + 1) * dimensions);
    rest += project(plane, values.subarray(p * size, (p + 1) * size), place);
    rows[labels[p] as number]?.push(p);
  }
  const noise = Math.max(ROUNDING, rest / count / Math.max(1, size - dimensions));
  const floor = plane.variances.map((variance) => Math.max(ROUNDING, FLOOR * variance));
  const mixtures: Mixture[] = [];
  for (const [classId, own] of rows.entries()) {
    const points = new Float64Array(own.length * dimensions);
    own.forEach((p, i) => {
      points.set(places.subarray(p * dimensions, (p + 1) * dimensions), i * dimensions);
    });
    mixtures.push(fitMixture(points, dimensions, { components, rounds, floor, random }));
    await onClass(classId);
  }
  const priors = Float64Array.from(rows, (own) => Math.log(own.length / count));
  return { plane, noise, mixtures, priors };
}

/** What a model says of an image. */
export interface Judgement {
  /** log p(x), in nats: of the image under all classes together, each by its share. */
  readonly density: number;
  /** log p(x | c) + log p(c) of each class: shape [classes]. They are written over by the next judgement. */
  readonly joint: Float64Array;
}

/** A function that judges one image after the other: pixels 0 … 1, shape [size]. */
export function judgeOf({ plane, noise, mixtures, priors }: GenerativeModel) {
  const dimensions = plane.variances.length;
  const others = plane.mean.length - dimensions;
  const place = new Float64Array(dimensions);
  const scorers = mixtures.map(scorerOf);
  const terms = new Float64Array(Math.max(...mixtures.map(({ weights }) => weights.length)));
  const joint = new Float64Array(mixtures.length);
  const constant = (-others * Math.log(2 * Math.PI * noise)) / 2;
  return (image: ArrayLike<number>): Judgement => {
    const outside = constant - project(plane, image, place) / (2 * noise);
    scorers.forEach((score, c) => {
      joint[c] = score(place, 0, terms) + (priors[c] as number) + outside;
    });
    return { density: logSum(joint), joint };
  };
}

/**
 * Bayes' rule: p(c | x) = p(x | c) p(c) / Σ, into `out`, shape [classes]. With a threshold t, in nats, "none of these" is a class
 * more whose p(x) p is e^t everywhere: an image whose density is t is it with ½. Returns the confidence in that class, 0
 * without a threshold.
 */
export function bayes({ density, joint }: Judgement, threshold: number, out: Float32Array): number {
  const total = logSum([density, threshold]);
  for (let c = 0; c < joint.length; c++) out[c] = Math.exp((joint[c] as number) - total);
  return Math.exp(threshold - total);
}

/** The image that has the greatest density among the centres of a class's mixture: pixels, which may lie beyond 0 … 1. */
export function densest({ plane, mixtures }: GenerativeModel, classId: number): Float64Array {
  const mixture = mixtures[classId];
  if (mixture === undefined)
    throw new RangeError(`expected a class below ${mixtures.length}, got ${classId}`);
  const { dimensions, weights, means } = mixture;
  const score = scorerOf(mixture);
  const terms = new Float64Array(weights.length);
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < weights.length; k++) {
    const density = score(means, k * dimensions, terms);
    if (density <= most) continue;
    [best, most] = [k, density];
  }
  const size = plane.mean.length;
  return plane.mean.map((value, i) => {
    let sum = value;
    for (let d = 0; d < dimensions; d++) {
      sum += (means[best * dimensions + d] as number) * (plane.directions[d * size + i] as number);
    }
    return sum;
  });
}
