import { type TensorSpec, tensorLength } from '../protocol/drawing/tensor-spec.js';
import type { GradientSpec } from '../protocol/spec/gradient-spec.js';
import { inputMap, levelsOfTensor, meanLevels } from './pixels/planes.js';

/** Weights of a prior of pictures; 0: none. */
export type PriorWeights = Pick<GradientSpec, 'smooth' | 'decay'>;

/** Levels, from the least to the greatest. */
const FULL = 255;

/**
 * Adds the gradient of a prior to \`slopes\`, gradients by the values of the \`tensor\`, both of shape [images, …spec]. The prior
 * of an image, divided by \`views\`, since so many show one picture: smooth · Σ|a − b| over neighbours a, b in a plane (total
 * variation, Rudin, Osher and Fatemi 1992), and decay · ½ Σ(a − m)² over all values, m being the network's mean; levels count
 * from 0 to 1.
 */
export function createPicturePrior(
  spec: TensorSpec,
  { smooth, decay }: PriorWeights,
  views: number,
): (slopes: Float32Array, tensor: Float32Array) => void {
  const { width, height } = spec;
  const length = tensorLength(spec);
  const plane = width * height;
  const map = inputMap(spec);
  const mean = meanLevels(spec);

  function byLevels(levels: Float32Array): Float32Array {
    const slope = levels.map(
      (level, at) => (decay * (level - (mean[Math.floor(at / plane)] ?? 0))) / (FULL * FULL),
    );
    const draw = (at: number, other: number) => {
      const force = (smooth * Math.sign((levels[at] as number) - (levels[other] as number))) / FULL;
      slope[at] = (slope[at] as number) + force;
      slope[other] = (slope[other] as number) - force;
    };
    for (let at = 0; at < length; at++) {
      if ((at + 1) % width !== 0) draw(at, at + 1);
      if (at % plane < plane - width) draw(at, at + width);
    }
    return slope;
  }

  return (slopes, tensor) => {
    for (let start = 0; start < tensor.length; start += length) {
      const slope = byLevels(levelsOfTensor(tensor.subarray(start, start + length), map));
      for (let at = 0; at < length; at++) {
        const byLevel = slope[map.from[at] as number] as number;
        slopes[start + at] = (slopes[start + at] as number) + byLevel / (map.scale[at] as number) / views;
      }
    }
  };
}
