import { describe, expect, it } from 'vitest';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { tensorOf } from '../../../worker/classifier/photo.js';
import {
  bytesOfPlanes,
  gradientByLevels,
  inputMap,
  meanLevels,
  planesOf,
  tensorOfLevels,
} from '../../../worker/pixels/planes.js';

const scale = [0.5, 0.25, 0.125];
const offset = [1, 2, 3];
const SPECS: [string, TensorSpec][] = [
  ['grey', { layout: 'NCHW', width: 3, height: 2, channels: 'grey', scale: [0.5], offset: [1] }],
  ['RGB planes', { layout: 'NCHW', width: 3, height: 2, channels: 'RGB', scale, offset }],
  ['BGR planes', { layout: 'NCHW', width: 3, height: 2, channels: 'BGR', scale, offset }],
  ['RGB pixels', { layout: 'NHWC', width: 3, height: 2, channels: 'RGB', scale, offset }],
  ['BGR pixels', { layout: 'NHWC', width: 3, height: 2, channels: 'BGR', scale, offset }],
];

describe.each(SPECS)('planes of a network that takes %s', (_, spec) => {
  const length = 6 * spec.scale.length;
  const bytes = Uint8Array.from({ length }, (__, i) => (i * 37) % 256);
  const map = inputMap(spec);

  it('are shown to it as a picture of the same bytes is', () => {
    expect(tensorOfLevels(planesOf(bytes, spec).levels, map)).toEqual(tensorOf(bytes, spec));
    expect(bytesOfPlanes(planesOf(bytes, spec))).toEqual(bytes);
  });

  it('have the gradient that finite differences find', () => {
    const { levels } = planesOf(bytes, spec);
    // A function of the input whose gradient is its own weights.
    const weights = Float32Array.from({ length }, (__, i) => Math.sin(i));
    const value = (at: Float32Array) =>
      tensorOfLevels(at, map).reduce((sum, each, i) => sum + each * (weights[i] ?? 0), 0);
    const gradient = gradientByLevels(weights, map);
    for (let at = 0; at < length; at++) {
      const [more, less] = [levels.slice(), levels.slice()];
      more[at] = (levels[at] ?? 0) + 1;
      less[at] = (levels[at] ?? 0) - 1;
      expect((value(more) - value(less)) / 2).toBeCloseTo(gradient[at] ?? 0, 4);
    }
  });
});

it('the mean is what the preprocessing takes to 0, in the order of the planes, and the middle where that is an end', () => {
  const spec = { layout: 'NCHW', width: 1, height: 1, channels: 'BGR' } as const;
  expect(meanLevels({ ...spec, scale: [1, 1, 1], offset: [-104, -117, -123] })).toEqual([123, 117, 104]);
  expect(meanLevels({ ...spec, channels: 'grey', scale: [1 / 255], offset: [0] })).toEqual([127.5]);
});
