import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import type { WeightSpec } from '../../../../worker/tfjs/files.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { changedFiles, classifier, converted, insert, type Options, replace, set } from './changed-models.js';
import { expectSame, largestDifference, type ModelJson, runOnnx } from './comparison.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-keras-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('layers that act in training alone do nothing:', () => {
  it.each<[string, Options]>([
    ['RandomFlip', { mode: 'horizontal', seed: null }],
    ['RandomRotation', { factor: 0.1, fill_mode: 'reflect', interpolation: 'bilinear' }],
    ['RandomZoom', { height_factor: [0.1, 0.2], width_factor: null }],
    ['RandomTranslation', { height_factor: 0.1, width_factor: 0.1 }],
    ['RandomContrast', { factor: [0.2, 0.2] }],
    ['RandomBrightness', { factor: 0.2, value_range: [0, 255] }],
    ['RandomHeight', { factor: 0.2 }],
    ['RandomWidth', { factor: 0.2 }],
    ['SpatialDropout2D', { rate: 0.3, data_format: 'channels_last' }],
    ['GaussianNoise', { stddev: 0.1 }],
    ['ActivityRegularization', { l1: 0.1, l2: 0.2 }],
  ])('%s', async (name, config) => {
    await expectSame(classifier(), { random: randomFrom(1, name), dir, change: insert(name, config) });
  });
});

describe('Keras says the same otherwise:', () => {
  it.each<[string, () => LayersModel, (json: ModelJson) => void]>([
    [
      'Normalization by its options',
      () => classifier([L.rescaling({ scale: 1 / 16, offset: -3, name: 'first' })]),
      replace('first', 'Normalization', {
        axis: -1,
        mean: [48, 48, 48],
        variance: [256, 256, 256],
        invert: false,
      }),
    ],
    [
      'Normalization by one mean',
      () => classifier([L.rescaling({ scale: 2, offset: -3, name: 'first' })]),
      replace('first', 'Normalization', { axis: null, mean: 1.5, variance: 0.25 }),
    ],
    [
      'Normalization, inverted',
      () => classifier([L.rescaling({ scale: 0.5, offset: 1.5, name: 'first' })]),
      replace('first', 'Normalization', {
        axis: [-1],
        mean: [[[[1.5, 1.5, 1.5]]]],
        variance: [[[[0.25, 0.25, 0.25]]]],
        invert: true,
      }),
    ],
    [
      'LeakyReLU',
      () => classifier([L.leakyReLU({ alpha: 0.1, name: 'first' })]),
      replace('first', 'LeakyReLU', { negative_slope: 0.1 }),
    ],
    [
      'ReLU with a slope',
      () => classifier([L.leakyReLU({ alpha: 0.1, name: 'first' })]),
      replace('first', 'ReLU', { max_value: null, negative_slope: 0.1, threshold: 0 }),
    ],
    [
      'options that JSON has no word for',
      () => classifier([L.leakyReLU({ alpha: 0.1, name: 'first' })]),
      (json) => {
        const alpha = { class_name: '__numpy__', config: { value: 0.1, dtype: 'float32' } };
        replace('first', 'LeakyReLU', { alpha })(json);
        set('conv', { kernel_size: { class_name: '__tuple__', items: [3, 3] } })(json);
      },
    ],
    [
      'ReLU with a threshold',
      () => classifier([L.thresholdedReLU({ theta: 0.4, name: 'first' })]),
      replace('first', 'ReLU', { max_value: 9, negative_slope: 0, threshold: 0.4 }),
    ],
    [
      'an activation silu',
      () => classifier([L.activation({ activation: 'swish', name: 'first' })]),
      set('first', { activation: 'silu' }),
    ],
    [
      'an activation leaky_relu',
      () => classifier([L.leakyReLU({ alpha: 0.2, name: 'first' })]),
      replace('first', 'Activation', { activation: 'leaky_relu' }),
    ],
    [
      'an activation that is a layer with an option',
      () => classifier([L.leakyReLU({ alpha: 0.4, name: 'first' })]),
      replace('first', 'Activation', { activation: { class_name: 'LeakyReLU', config: { alpha: 0.4 } } }),
    ],
    [
      'batch normalization of columns',
      () =>
        classifier([
          L.permute({ dims: [1, 3, 2], name: 'there' }),
          L.batchNormalization({ name: 'norm' }),
          L.permute({ dims: [1, 3, 2], name: 'back' }),
        ]),
      (json) => {
        set('norm', { axis: [2] })(json);
        for (const name of ['there', 'back']) replace(name, 'Activation', { activation: 'linear' })(json);
      },
    ],
    [
      'batch normalization of rows',
      () =>
        classifier([
          L.permute({ dims: [2, 3, 1], name: 'there' }),
          L.batchNormalization({ name: 'norm' }),
          L.permute({ dims: [3, 1, 2], name: 'back' }),
        ]),
      (json) => {
        set('norm', { axis: 1 })(json);
        for (const name of ['there', 'back']) replace(name, 'Activation', { activation: 'linear' })(json);
      },
    ],
    [
      'softmax down a column',
      () =>
        classifier([
          L.permute({ dims: [2, 3, 1], name: 'there' }),
          L.softmax({ axis: -1, name: 'soft' }),
          L.permute({ dims: [3, 1, 2], name: 'back' }),
        ]),
      (json) => {
        set('soft', { axis: 1 })(json);
        for (const name of ['there', 'back']) replace(name, 'Activation', { activation: 'linear' })(json);
      },
    ],
    [
      'global pooling that keeps its dimensions',
      () =>
        classifier([
          L.globalMaxPooling2d({ name: 'pool' }),
          L.reshape({ targetShape: [1, 1, 3], name: 'shape' }),
          L.upSampling2d({ size: [3, 3], name: 'up' }),
        ]),
      (json) => {
        set('pool', { keepdims: true })(json);
        replace('shape', 'Activation', { activation: 'linear' })(json);
      },
    ],
    [
      'Conv1D that looks back',
      () => {
        const model = sequential();
        model.add(L.reshape({ inputShape: [6, 4, 1], targetShape: [6, 4] }));
        model.add(L.reshape({ targetShape: [6, 1, 4] }));
        model.add(
          L.zeroPadding2d({
            padding: [
              [4, 0],
              [0, 0],
            ],
          }),
        );
        model.add(L.reshape({ targetShape: [10, 4] }));
        model.add(L.conv1d({ filters: 3, kernelSize: 3, dilationRate: 2, name: 'conv' }));
        model.add(L.flatten());
        return model;
      },
      (json) => {
        json.modelTopology.config.layers.splice(1, 3);
        set('conv', { padding: 'causal' })(json);
      },
    ],
    [
      'a dtype policy',
      () => classifier(),
      set('conv', {
        dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' } },
        groups: 1,
        autocast: true,
      }),
    ],
  ])('%s', async (name, model, change) => {
    await expectSame(model(), { random: randomFrom(1, name), dir, change });
  });

  it('Normalization by what it was adapted to', async () => {
    const model = classifier([L.rescaling({ scale: 1 / 16, offset: -3, name: 'norm' })]);
    const files = await changedFiles(
      model,
      dir,
      replace('norm', 'Normalization', { axis: [3], mean: null, variance: null, invert: false }),
    );
    const adapted = new Float32Array([48, 48, 48, 256, 256, 256, 0]);
    const data = new Uint8Array(Buffer.concat([Buffer.from(adapted.buffer), files.data]));
    const dtype = 'float32';
    const specs: WeightSpec[] = [
      { name: 'norm/mean', shape: [3], dtype },
      { name: 'norm/variance', shape: [3], dtype },
      { name: 'norm/count', shape: [], dtype: 'int32' },
      ...files.specs,
    ];
    const conversion = convertLayers({ ...files, specs, data });
    const random = randomFrom(1, 'adapted');
    const values = Float32Array.from({ length: 100 * 6 * 8 * 3 }, () => 255 * random.uniform());
    const [found] = (await runOnnx(conversion, values, [100, 6, 8, 3])).values();
    const expected = model.predict(tf.tensor(values, [100, 6, 8, 3])) as tf.Tensor;
    expect(largestDifference(found ?? values, await expected.data<'float32'>())).toBeLessThan(1e-5);
    expect(conversion.takesBytes).toBe(true);
  });

  it('groups of channels normalized', async () => {
    const random = randomFrom(1, 'group normalization');
    const values = Float32Array.from({ length: 10 * 6 * 8 * 4 }, () => random.uniform());
    const images = tf.tensor4d(values, [10, 6, 8, 4]);
    const groups = tf.reshape(images, [10, 48, 2, 2]);
    const { mean, variance } = tf.moments(groups, [1, 3], true);
    const normal = tf.div(tf.sub(groups, mean), tf.sqrt(tf.add(variance, 0.001)));
    const expected = await normal.data<'float32'>();
    const model = sequential({ layers: [L.reLU({ batchInputShape: [null, 6, 8, 4], name: 'first' })] });
    const config = { groups: 2, axis: -1, scale: false, center: false, batch_input_shape: [null, 6, 8, 4] };
    const found = await converted(model, dir, replace('first', 'GroupNormalization', config), images);
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });

  it('grouped convolutions', async () => {
    // Two convolutions side by side, each of its half of the channels, are one of two groups.
    const random = randomFrom(1, 'groups');
    const values = Float32Array.from({ length: 3 * 3 * 2 * 4 }, () => random.uniform() - 0.5);
    const kernel = tf.tensor4d(values, [3, 3, 2, 4]);
    const images = tf.tensor4d(
      Float32Array.from({ length: 10 * 6 * 6 * 4 }, () => random.uniform()),
      [10, 6, 6, 4],
    );
    const halves = [0, 1].map((half) =>
      tf.conv2d(
        tf.slice(images, [0, 0, 0, 2 * half], [10, 6, 6, 2]),
        tf.slice(kernel, [0, 0, 0, 2 * half], [3, 3, 2, 2]),
        1,
        'valid',
      ),
    );
    const expected = await tf.concat(halves as tf.Tensor4D[], 3).data<'float32'>();
    const layer = L.conv2d({
      inputShape: [6, 6, 2],
      filters: 4,
      kernelSize: 3,
      useBias: false,
      name: 'conv',
    });
    const model = sequential({ layers: [layer] });
    model.setWeights([kernel]);
    const found = await converted(
      model,
      dir,
      (json) => {
        set('conv', { groups: 2, batch_input_shape: [null, 6, 6, 4] })(json);
      },
      images,
    );
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});
