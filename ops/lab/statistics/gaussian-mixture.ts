import type { RandomStream } from '../../../protocol/base/random.js';

/** A mixture of Gaussians whose covariances are diagonal. */
export interface Mixture {
  readonly dimensions: number;
  /** Shares, which add up to 1: shape [components]. */
  readonly weights: Float64Array;
  /** Shape [components, dimensions]. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

export interface MixtureOptions {
  readonly components: number;
  /** Rounds of EM, at most. */
  readonly rounds: number;
  /** No variance is less: shape [dimensions]. */
  readonly floor: Float64Array;
  /** Chooses the points that the means start at. */
  readonly random: RandomStream;
}

/** EM ends when the mean log-likelihood of a point gains less than this, in nats. */
const ENOUGH = 1e-4;
const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * Fits a mixture to `points`, shape [count, dimensions], by expectation-maximisation (Dempster, Laird and Rubin, J. R. Stat. Soc. B
 * 39, 1977). The means start at points that are drawn, the variances at those of all points. Where there are fewer points
 * than components, there are as many components as points. Throws a RangeError without points.
 */
export function fitMixture(points: Float64Array, dimensions: number, options: MixtureOptions): Mixture {
  const count = points.length / dimensions;
  if (count < 1) throw new RangeError('expected at least one point');
  let mixture = start(points, dimensions, options);
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < options.rounds; round++) {
    const { next, likelihood } = improve(points, mixture, options.floor);
    mixture = next;
    if (likelihood / count - before < ENOUGH) break;
    before = likelihood / count;
  }
  return mixture;
}

function start(
  points: Float64Array,
  dimensions: number,
  { components, floor, random }: MixtureOptions,
): Mixture {
  const count = points.length / dimensions;
  const kept = Math.min(components, count);
  const chosen = new Set<number>();
  while (chosen.size < kept) chosen.add(random.below(count));
  const means = new Float64Array(kept * dimensions);
  [...chosen].forEach((point, k) => {
    means.set(points.subarray(point * dimensions, (point + 1) * dimensions), k * dimensions);
  });
  const sums = new Float64Array(dimensions);
  const squares = new Float64Array(dimensions);
  points.forEach((value, i) => {
    sums[i % dimensions] = (sums[i % dimensions] as number) + value;
    squares[i % dimensions] = (squares[i % dimensions] as number) + value * value;
  });
  const variances = Float64Array.from({ length: kept * dimensions }, (_, i) => {
    const d = i % dimensions;
    const mean = (sums[d] as number) / count;
    return Math.max(floor[d] as number, (squares[d] as number) / count - mean * mean);
  });
  return { dimensions, weights: new Float64Array(kept).fill(1 / kept), means, variances };
}

/** One round: responsibilities of the components for each point, then the mixture that suits them best. */
function improve(points: Float64Array, mixture: Mixture, floor: Float64Array) {
  const { dimensions, weights } = mixture;
  const components = weights.length;
  const count = points.length / dimensions;
  const shares = new Float64Array(components);
  const sums = new Float64Array(components * dimensions);
  const squares = new Float64Array(components * dimensions);
  const terms = new Float64Array(components);
  const score = scorerOf(mixture);
  let likelihood = 0;
  for (let p = 0; p < count; p++) {
    const total = score(points, p * dimensions, terms);
    likelihood += total;
    for (let k = 0; k < components; k++) {
      const share = Math.exp((terms[k] as number) - total);
      if (share < 1e-12) continue;
      shares[k] = (shares[k] as number) + share;
      for (let d = 0; d < dimensions; d++) {
        const value = points[p * dimensions + d] as number;
        const at = k * dimensions + d;
        sums[at] = (sums[at] as number) + share * value;
        squares[at] = (squares[at] as number) + share * value * value;
      }
    }
  }
  const means = sums.map((sum, at) => sum / Math.max(1e-9, shares[Math.floor(at / dimensions)] as number));
  const variances = squares.map((square, at) => {
    const share = Math.max(1e-9, shares[Math.floor(at / dimensions)] as number);
    return Math.max(floor[at % dimensions] as number, square / share - (means[at] as number) ** 2);
  });
  return {
    likelihood,
    next: { dimensions, weights: shares.map((share) => share / count), means, variances },
  };
}

/**
 * A function that gives the log density of a point, in nats; `point` lies in `points` from `from` on. `terms` is given the
 * log of each component's share of it, shape [components].
 */
export function scorerOf({ dimensions, weights, means, variances }: Mixture) {
  const constants = weights.map((weight, k) => {
    let sum = Math.log(Math.max(1e-300, weight)) - (dimensions * LOG_TWO_PI) / 2;
    for (let d = 0; d < dimensions; d++) sum -= Math.log(variances[k * dimensions + d] as number) / 2;
    return sum;
  });
  const halves = variances.map((variance) => 0.5 / variance);
  return (points: Float64Array, from: number, terms: Float64Array): number => {
    for (let k = 0; k < weights.length; k++) {
      let sum = constants[k] as number;
      const base = k * dimensions;
      for (let d = 0; d < dimensions; d++) {
        const difference = (points[from + d] as number) - (means[base + d] as number);
        sum -= difference * difference * (halves[base + d] as number);
      }
      terms[k] = sum;
    }
    return logSum(terms, weights.length);
  };
}

/** log Σ exp of the first `count` values; −Infinity where all are. */
export function logSum(values: ArrayLike<number>, count = values.length): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) most = Math.max(most, values[i] as number);
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp((values[i] as number) - most);
  return most + Math.log(sum);
}
