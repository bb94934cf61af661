import type { RandomStream } from '../../../protocol/base/random.js';

/** Directions along which points differ most. */
export interface PrincipalComponents {
  /** Shape [size]. */
  readonly mean: Float64Array;
  /** Unit vectors, each perpendicular to the others, by falling variance: shape [dimensions, size]. */
  readonly directions: Float64Array;
  /** Along each direction: shape [dimensions]. */
  readonly variances: Float64Array;
  /** Of all values together. */
  readonly totalVariance: number;
}

const ROUNDS = 60;
/** More directions than are asked for are iterated, so that the last of those converge too. */
const SPARE = 8;
const ENOUGH = 1e-3;

/**
 * The first `dimensions` (1 … size) principal components of `points`, shape [count, size], by orthogonal iteration on their
 * covariance (Golub and Van Loan, "Matrix Computations", section 8.2). `random` draws where it begins. Directions whose
 * variances are nearly equal may come out mixed. Throws a RangeError for more dimensions than values.
 */
export function principalComponents(
  points: Float64Array,
  size: number,
  dimensions: number,
  random: RandomStream,
): PrincipalComponents {
  if (dimensions < 1 || dimensions > size) {
    throw new RangeError(`expected 1 to ${size} dimensions, got ${dimensions}`);
  }
  const { mean, covariance } = moments(points, size);
  const kept = Math.min(size, dimensions + SPARE);
  let vectors = Float64Array.from({ length: kept * size }, () => random.uniform() - 0.5);
  let variances = new Float64Array(kept);
  orthonormalise(vectors, size);
  for (let round = 0; round < ROUNDS; round++) {
    const turned = product(vectors, covariance, size);
    const now = new Float64Array(kept);
    for (let v = 0; v < kept; v++) now[v] = dot(vectors, v * size, turned, v * size, size);
    const moved = now
      .subarray(0, dimensions)
      .some((each, v) => Math.abs(each - (variances[v] as number)) > ENOUGH * each);
    variances = now;
    vectors = turned;
    orthonormalise(vectors, size);
    if (!moved) break;
  }
  let totalVariance = 0;
  for (let i = 0; i < size; i++) totalVariance += covariance[i * size + i] as number;
  return {
    mean,
    directions: vectors.slice(0, dimensions * size),
    variances: variances.slice(0, dimensions),
    totalVariance,
  };
}

/** Where a point lies along each direction, from the mean; into `out`. Returns the square of its distance to their plane. */
export function project(
  { mean, directions, variances }: PrincipalComponents,
  point: ArrayLike<number>,
  out: Float64Array,
): number {
  const size = mean.length;
  const dimensions = variances.length;
  let rest = 0;
  out.fill(0, 0, dimensions);
  for (let i = 0; i < size; i++) {
    const value = (point[i] as number) - (mean[i] as number);
    if (value === 0) continue;
    rest += value * value;
    for (let d = 0; d < dimensions; d++)
      out[d] = (out[d] as number) + value * (directions[d * size + i] as number);
  }
  for (let d = 0; d < dimensions; d++) rest -= (out[d] as number) ** 2;
  return Math.max(0, rest);
}

function moments(points: Float64Array, size: number) {
  const count = points.length / size;
  const mean = new Float64Array(size);
  points.forEach((value, i) => {
    mean[i % size] = (mean[i % size] as number) + value / count;
  });
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < size; i++) centred[i] = (points[p * size + i] as number) - (mean[i] as number);
    for (let i = 0; i < size; i++) {
      const value = centred[i] as number;
      if (value === 0) continue;
      const row = i * size;
      for (let j = 0; j <= i; j++)
        covariance[row + j] = (covariance[row + j] as number) + value * (centred[j] as number);
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * size + j] as number) / count;
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return { mean, covariance };
}

/** Each row of `vectors` times a symmetric matrix. */
function product(vectors: Float64Array, matrix: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(vectors.length);
  for (let v = 0; v < vectors.length; v += size) {
    for (let i = 0; i < size; i++) {
      const weight = vectors[v + i] as number;
      for (let j = 0; j < size; j++) {
        out[v + j] = (out[v + j] as number) + weight * (matrix[i * size + j] as number);
      }
    }
  }
  return out;
}

/** Makes the rows perpendicular and of length 1, one after the other, twice each (Gram and Schmidt). */
function orthonormalise(vectors: Float64Array, size: number): void {
  for (let v = 0; v < vectors.length; v += size) {
    for (let again = 0; again < 2; again++) {
      for (let u = 0; u < v; u += size) {
        const along = dot(vectors, u, vectors, v, size);
        for (let i = 0; i < size; i++) {
          vectors[v + i] = (vectors[v + i] as number) - along * (vectors[u + i] as number);
        }
      }
      const length = Math.sqrt(dot(vectors, v, vectors, v, size)) || 1;
      for (let i = 0; i < size; i++) vectors[v + i] = (vectors[v + i] as number) / length;
    }
  }
}

function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (a[fromA + i] as number) * (b[fromB + i] as number);
  return sum;
}
