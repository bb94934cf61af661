import { describe, expect, it } from 'vitest';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { slopeOfPicture } from '../../../protocol/drawing/slope.js';
import {
  type ChannelOrder,
  channelCount,
  type TensorSpec,
  tensorLength,
  VIEW_COUNT,
  type Views,
} from '../../../protocol/drawing/tensor-spec.js';
import { pictureSize } from '../../../protocol/drawing/views.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { anyDirect, streamOf } from './genomes.js';

const drawer = loadDrawer();

/** A tensor's values by a picture's bytes are a linear map, but for the luma's rounding; slopes go through its transpose. */
describe('slopeOfPicture', () => {
  const random = streamOf('slope');
  const uniform = () => 2 * random.uniform() - 1;

  function specOf(layout: 'NCHW' | 'NHWC', channels: ChannelOrder): TensorSpec {
    const count = channelCount(channels);
    const values = (most: number) => Array.from({ length: count }, () => most * uniform());
    return { layout, channels, width: 13, height: 10, scale: values(0.02), offset: values(2) };
  }

  /** What the slopes say of a change of the tensor, and of the change of the bytes that it comes from. */
  function products(one: Genome, other: Genome, spec: TensorSpec, views: Views, channels: 1 | 3) {
    const slopes = Float32Array.from({ length: VIEW_COUNT[views] * tensorLength(spec) }, uniform);
    const [a, b] = [one, other].map((genome) => drawer.tensor([genome], spec, views).slice());
    const { width, height } = pictureSize(views, spec.width, spec.height);
    const [c, d] = [one, other].map((genome) => drawer.pixels(genome, width, height).data);
    const slope = slopeOfPicture(slopes, spec, views, channels);
    expect(slope).toHaveLength(channels * width * height);
    const of = (values: Float32Array, change: (i: number) => number) =>
      values.reduce((sum, value, i) => sum + value * change(i), 0);
    const plane = width * height;
    return {
      ofTensor: of(slopes, (i) => (b?.[i] ?? 0) - (a?.[i] ?? 0)),
      ofBytes: of(slope, (i) => {
        const at = (i % plane) * channels + Math.floor(i / plane);
        return (d?.[at] ?? 0) - (c?.[at] ?? 0);
      }),
      // A luma is rounded by half a byte at the most, in either picture.
      rounding: slopes.reduce((sum, value) => sum + Math.abs(value), 0) * Math.abs(spec.scale[0] ?? 0),
    };
  }

  for (const views of ['single', 'ten-crop'] as const) {
    for (const layout of ['NCHW', 'NHWC'] as const) {
      for (const order of ['RGB', 'BGR', 'grey'] as const) {
        for (const channels of [1, 3] as const) {
          it(`is the transpose of drawing ${channels} channels as ${views} ${order} ${layout}`, () => {
            for (let i = 0; i < 5; i++) {
              const [one, other] = [anyDirect(random, 13, 10, channels), anyDirect(random, 13, 10, channels)];
              const spec = specOf(layout, order);
              const { ofTensor, ofBytes, rounding } = products(one, other, spec, views, channels);
              const slack = channels === 3 && order === 'grey' ? rounding / 8 : 0;
              expect(Math.abs(ofTensor - ofBytes)).toBeLessThan(1e-4 + slack);
            }
          });
        }
      }
    }
  }

  it('divides the slope of a grey value among red, green and blue as the luma does', () => {
    const spec = { ...specOf('NHWC', 'grey'), scale: [2] };
    const slopes = new Float32Array(tensorLength(spec)).fill(1);
    const slope = slopeOfPicture(slopes, spec, 'single', 3);
    const plane = spec.width * spec.height;
    const luma = [0, 1, 2].map((c) => slope[c * plane + 5] ?? 0);
    expect(luma[0]).toBeCloseTo(2 * 0.299, 4);
    expect(luma[1]).toBeCloseTo(2 * 0.587, 4);
    expect(luma[2]).toBeCloseTo(2 * 0.114, 4);
  });
});

describe('Drawer.pullBack', () => {
  const spec: TensorSpec = {
    layout: 'NCHW',
    channels: 'RGB',
    width: 4,
    height: 4,
    scale: [1, 1, 1],
    offset: [0, 0, 0],
  };

  it('refuses slopes of another length', () => {
    const genome = anyDirect(streamOf('refused'), 4, 4, 3);
    expect(() => drawer.pullBack?.([genome], spec, 'ten-crop', new Float32Array(48))).toThrow(
      'expected slopes of 1 × 480 values, got 48',
    );
  });

  it('gives nothing of no genomes', () => {
    expect(drawer.pullBack?.([], spec, 'single', new Float32Array(0))).toEqual([]);
  });
});
