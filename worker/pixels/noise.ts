import type { RandomStream } from '../../protocol/base/random.js';
import { standardNormal } from '../../protocol/base/standard-normal.js';

/**
 * Noise whose power falls with the square of its frequency, as that of photographs does (Field, JOSA A, 1987): a sum of
 * grids of normal numbers, each twice as fine as the one before and half as strong, drawn smoothly. One plane, row by
 * row, of mean about 0 and deviation 1.
 */
export function pinkNoise(width: number, height: number, random: RandomStream): Float32Array {
  const plane = new Float32Array(width * height);
  let strength = 1;
  for (let cells = 2; cells <= Math.max(width, height); cells *= 2) {
    addGrid(plane, width, height, cells, strength, random);
    strength /= 2;
  }
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  const variance = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length;
  const deviation = Math.sqrt(variance) || 1;
  return plane.map((value) => (value - mean) / deviation);
}

/** Adds `strength` times a grid of cells × cells normal numbers, interpolated between its corners. */
function addGrid(
  plane: Float32Array,
  width: number,
  height: number,
  cells: number,
  strength: number,
  random: RandomStream,
): void {
  const side = cells + 1;
  const corners = Float32Array.from({ length: side * side }, () => standardNormal(random));
  for (let y = 0; y < height; y++) {
    const row = (y / height) * cells;
    const top = Math.floor(row);
    const down = smooth(row - top);
    for (let x = 0; x < width; x++) {
      const column = (x / width) * cells;
      const left = Math.floor(column);
      const right = smooth(column - left);
      const at = top * side + left;
      const above = mix(corners[at] ?? 0, corners[at + 1] ?? 0, right);
      const below = mix(corners[at + side] ?? 0, corners[at + side + 1] ?? 0, right);
      const index = y * width + x;
      plane[index] = (plane[index] ?? 0) + strength * mix(above, below, down);
    }
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 3t² − 2t³: no edge is seen where cells meet. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
