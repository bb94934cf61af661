import type { Planes } from './planes.js';

/** Weights of a Gaussian beyond three deviations are left out: together they are 0.3 % of it. */
const REACH = 3;

/**
 * A Gaussian blur of deviation `radius`, in pixels, over each plane; a picture goes on beyond its edges as its own mirror
 * image. Radii up to 0 change nothing.
 */
export function blur(planes: Planes, radius: number): Planes {
  if (radius <= 0) return planes;
  const { width, height, channels, levels } = planes;
  const weights = gaussian(radius);
  const pixels = width * height;
  const blurred = new Float32Array(levels.length);
  for (let c = 0; c < channels; c++) {
    const plane = levels.subarray(c * pixels, (c + 1) * pixels);
    const rows = alongRows(plane, width, height, weights);
    blurred.set(
      transposed(alongRows(transposed(rows, width, height), height, width, weights), height, width),
      c * pixels,
    );
  }
  return { ...planes, levels: blurred };
}

/** Weights of a Gaussian at −n … n pixels, whose sum is 1. */
function gaussian(radius: number): Float64Array {
  const n = Math.ceil(REACH * radius);
  const weights = Float64Array.from({ length: 2 * n + 1 }, (_, i) =>
    Math.exp(-((i - n) ** 2) / (2 * radius * radius)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function alongRows(plane: Float32Array, width: number, height: number, weights: Float64Array): Float32Array {
  const n = (weights.length - 1) / 2;
  const result = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum += (weights[i] ?? 0) * (plane[y * width + mirrored(x + i - n, width)] ?? 0);
      }
      result[y * width + x] = sum;
    }
  }
  return result;
}

/** −1 → 0, −2 → 1, …, n → n − 1: the first and the last pixel stand twice. */
function mirrored(index: number, count: number): number {
  const period = 2 * count;
  const within = ((index % period) + period) % period;
  return within < count ? within : period - 1 - within;
}

function transposed(plane: Float32Array, width: number, height: number): Float32Array {
  return Float32Array.from(
    { length: plane.length },
    (_, at) => plane[(at % height) * width + Math.floor(at / height)] ?? 0,
  );
}

/** Moves a picture right and down by whole pixels; what leaves it on one side comes in on the other. */
export function rolled(planes: Planes, right: number, down: number): Planes {
  const { width, height, channels, levels } = planes;
  const moved = new Float32Array(levels.length);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const toRow = (c * height + wrapped(y + down, height)) * width;
      const fromRow = (c * height + y) * width;
      for (let x = 0; x < width; x++) moved[toRow + wrapped(x + right, width)] = levels[fromRow + x] ?? 0;
    }
  }
  return { ...planes, levels: moved };
}

function wrapped(index: number, count: number): number {
  return ((index % count) + count) % count;
}
