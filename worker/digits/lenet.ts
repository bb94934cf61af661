import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { DIGIT_CLASSES, DIGIT_SIDE } from './mnist.js';

/** A LeNet and its halfway output: both share their weights. */
export interface Lenet {
  /** [n, 28, 28, 1] in 0 … 1 → softmax [n, 10]. */
  readonly network: layers.LayersModel;
  /** The same network up to the logits, for a loss that is stable in float32. */
  readonly logits: layers.LayersModel;
  dispose(): void;
}

/**
 * LeNet-5's plan (LeCun et al. 1998, "Gradient-based learning applied to document recognition") with rectifiers and
 * max-pooling: conv 5×5×8, pool 2, conv 5×5×24, pool 2, dense 128, dense 10, softmax. 55,602 weights.
 * Initial weights are drawn from `seed`: He-uniform (He et al. 2015), biases 0.
 */
export function createLenet(seed: number): Lenet {
  const convolution = { kernelSize: 5, activation: 'relu', padding: 'valid' } as const;
  const network = layers.sequential({
    name: 'digits',
    layers: [
      layers.layers.conv2d({
        ...convolution,
        name: 'conv1',
        filters: 8,
        inputShape: [DIGIT_SIDE, DIGIT_SIDE, 1],
      }),
      layers.layers.maxPooling2d({ name: 'pool1', poolSize: 2, strides: 2 }),
      layers.layers.conv2d({ ...convolution, name: 'conv2', filters: 24 }),
      layers.layers.maxPooling2d({ name: 'pool2', poolSize: 2, strides: 2 }),
      layers.layers.flatten({ name: 'flatten' }),
      layers.layers.dense({ name: 'dense1', units: 128, activation: 'relu' }),
      layers.layers.dense({ name: 'dense2', units: DIGIT_CLASSES }),
      layers.layers.softmax({ name: 'softmax' }),
    ],
  });
  const logits = layers.model({
    inputs: network.inputs,
    outputs: network.getLayer('dense2').output,
  });
  const random = randomFrom(seed, 'digits', 'weights');
  const initial = network.getWeights().map((weight) => initialWeight(weight.shape, random));
  network.setWeights(initial);
  tf.dispose(initial);
  return {
    network,
    logits,
    dispose: () => {
      network.dispose();
    },
  };
}

function initialWeight(shape: readonly number[], random: RandomStream): tf.Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  if (shape.length === 1) return tf.zeros([length]);
  const fanIn = length / (shape.at(-1) ?? 1);
  const limit = Math.sqrt(6 / fanIn);
  return tf.tensor(
    Float32Array.from({ length }, () => (2 * random.uniform() - 1) * limit),
    [...shape],
  );
}
