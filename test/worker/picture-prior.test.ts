import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { createPicturePrior } from '../../worker/picture-prior.js';

const SPEC: TensorSpec = {
  ...{ layout: 'NHWC', width: 5, height: 4, channels: 'BGR' },
  ...{ scale: [0.02, 0.017, 0.019], offset: [-2, -1.7, -3] },
};
const LENGTH = 5 * 4 * 3;

/** Levels of 0 … 1 of an image as the network is shown it, by row, column and place of the channel. */
function levelOf(image: Float64Array, y: number, x: number, c: number): number {
  const value = image[(y * 5 + x) * 3 + c] as number;
  return (value - (SPEC.offset[c] as number)) / (SPEC.scale[c] as number) / 255;
}

function priorOf(image: Float64Array, smooth: number, decay: number): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) {
    // What the network's preprocessing takes to 0.
    const mean = -(SPEC.offset[c] as number) / (SPEC.scale[c] as number) / 255;
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 5; x++) {
        const level = levelOf(image, y, x, c);
        const right = x < 4 ? levelOf(image, y, x + 1, c) - level : 0;
        const down = y < 3 ? levelOf(image, y + 1, x, c) - level : 0;
        sum += smooth * Math.hypot(right, down) ** 1.25;
        sum += (decay / 2) * (level - mean) ** 2;
      }
    }
  }
  return sum;
}

describe('a prior of pictures', () => {
  it.each([
    [0.3, 0],
    [0, 2],
    [0.5, 1.5],
  ])('adds its finite differences to the slopes (smooth %d, decay %d)', (smooth, decay) => {
    const random = randomFrom(1, 'prior');
    const tensor = Float32Array.from({ length: 2 * LENGTH }, (_, at) => {
      const c = at % 3;
      return random.uniform() * 255 * (SPEC.scale[c] as number) + (SPEC.offset[c] as number);
    });
    const slopes = new Float32Array(tensor.length).fill(7);
    createPicturePrior(SPEC, { smooth, decay }, 10)(slopes, tensor);
    for (let at = 0; at < tensor.length; at++) {
      const image = Float64Array.from(tensor.subarray(at - (at % LENGTH), at - (at % LENGTH) + LENGTH));
      const moved = (by: number) =>
        priorOf(image.with(at % LENGTH, (image[at % LENGTH] as number) + by), smooth, decay);
      const wanted = (moved(1e-7) - moved(-1e-7)) / 2e-7;
      expect((slopes[at] as number) - 7).toBeCloseTo(wanted / 10, 4);
    }
  });

  it('leaves a flat picture of the mean as it is', () => {
    const slopes = new Float32Array(LENGTH);
    createPicturePrior(SPEC, { smooth: 1, decay: 1 }, 1)(slopes, new Float32Array(LENGTH));
    for (const slope of slopes) expect(slope).toBeCloseTo(0, 6);
  });
});
