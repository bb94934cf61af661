import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { ModelProto } from '../../../worker/onnx/file.js';
import { floatTensor, integerTensor } from '../../../worker/onnx/tensor.js';
import { dense, node, tinyModel } from './tiny-networks.js';

export interface LinearShape {
  readonly layout: 'NCHW' | 'NHWC';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly classes: number;
}

/** Random weights from every byte of an image, of any size, to every class: logits that any changed pixel changes. */
export function linearNetwork(shape: LinearShape, seed: number): ModelProto {
  const { layout, width, height, channels, classes } = shape;
  const features = width * height * channels;
  const random = randomFrom(seed, 'linear network');
  // Logits spread by about 3, for pixels 0 … 1 that spread by .4: confident of some, unsure of others.
  const weight = () => ((random.uniform() - 0.5) * 24) / Math.sqrt(features);
  const weights = Float32Array.from({ length: features * classes }, weight);
  return tinyModel({
    inputs: [
      {
        name: 'x',
        dims: layout === 'NCHW' ? ['N', channels, height, width] : ['N', height, width, channels],
      },
    ],
    outputs: [{ name: 'y', dims: ['N', classes] }],
    nodes: [node('Reshape', ['x', 'open'], 'f'), dense('f', 'y')],
    weights: [integerTensor('open', [-1, features]), floatTensor('w', [features, classes], weights)],
  });
}
