import { channelCount, type TensorSpec, tensorLength } from '../protocol/drawing/tensor-spec.js';
import type { GradientSpec } from '../protocol/spec/gradient-spec.js';
import { inputMap, levelsOfTensor, meanLevels } from './pixels/planes.js';
import { totalVariationSlope } from './pixels/total-variation.js';

/** Weights of a prior of pictures; 0: none. */
export type PriorWeights = Pick<GradientSpec, 'smooth' | 'decay'>;

/** Levels, from the least to the greatest. */
const FULL = 255;

/** Of the total variation: near 1, where edges cost as little as slopes do. */
const EXPONENT = 1.25;

/**
 * Adds the gradient of a prior to `slopes`, gradients by the values of the `tensor`, both of shape [images, …spec]. The prior
 * of an image, divided by `views`, since so many show one picture: smooth · its total variation (pixels/total-variation.ts),
 * and decay · ½ Σ(x − m)² over all values x, m being the network's mean; levels count from 0 to 1.
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
  const size = { width, height, channels: channelCount(spec.channels) };

  function byLevels(levels: Float32Array): Float32Array {
    const shares = { ...size, levels: levels.map((level) => level / FULL) };
    const rough = totalVariationSlope(shares, EXPONENT);
    return rough.map((slope, at) => {
      const far = (shares.levels[at] as number) - (mean[Math.floor(at / plane)] as number) / FULL;
      return (smooth * slope + decay * far) / FULL;
    });
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
