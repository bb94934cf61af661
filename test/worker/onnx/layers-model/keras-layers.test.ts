import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, type LayersModel, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/random.js';
import { readTfjsModel, type WeightSpec } from '../../../../worker/classifier/tensorflow/model-files.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertLayers } from '../../../../worker/onnx/convert-layers.js';
import { expectSame, type LayerJson, largestDifference, type ModelJson, runOnnx } from './comparison.js';
import { saveLayersModel } from './saved-models.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-keras-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Options {
  [option: string]: unknown;
}

/** A small classifier that begins with `before`. */
function classifier(before: Parameters<Sequential['add']>[0][] = []): LayersModel {
  const model = sequential();
  model.add(L.inputLayer({ inputShape: [6, 8, 3], name: 'image' }));
  for (const layer of before) model.add(layer);
  model.add(L.conv2d({ filters: 4, kernelSize: 3, name: 'conv', activation: 'relu' }));
  model.add(L.flatten({ name: 'flat' }));
  model.add(L.dense({ units: 3, name: 'scores', activation: 'softmax' }));
  return model;
}

const layersOf = (json: ModelJson): LayerJson[] => json.modelTopology.config.layers;
const insert = (class_name: string, config: Options) => (json: ModelJson) => {
  layersOf(json).splice(1, 0, {
    class_name,
    config: { name: class_name.toLowerCase(), trainable: true, ...config },
  });
};
const replace = (name: string, class_name: string, config: Options) => (json: ModelJson) => {
  const at = layersOf(json).findIndex((layer) => layer.config.name === name);
  layersOf(json)[at] = { class_name, config: { name, ...config } };
};
const set = (name: string, config: Options) => (json: ModelJson) => {
  Object.assign(layersOf(json).find((layer) => layer.config.name === name)?.config ?? {}, config);
};

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
    const files = await readTfjsModel(await saveLayersModel(model, dir));
    const json = structuredClone(files.json) as unknown as ModelJson;
    replace('norm', 'Normalization', { axis: [3], mean: null, variance: null, invert: false })(json);
    const adapted = new Float32Array([48, 48, 48, 256, 256, 256, 0]);
    const data = new Uint8Array(Buffer.concat([Buffer.from(adapted.buffer), files.data]));
    const dtype = 'float32';
    const specs: WeightSpec[] = [
      { name: 'norm/mean', shape: [3], dtype },
      { name: 'norm/variance', shape: [3], dtype },
      { name: 'norm/count', shape: [], dtype: 'int32' },
      ...files.specs,
    ];
    const conversion = convertLayers({ ...files, json: { modelTopology: json.modelTopology }, specs, data });
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
    const found = await converted(model, replace('first', 'GroupNormalization', config), images);
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
      (json) => {
        set('conv', { groups: 2, batch_input_shape: [null, 6, 6, 4] })(json);
      },
      images,
    );
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});

/** What the conversion of a changed model makes of `images`. */
async function converted(
  model: LayersModel,
  change: (json: ModelJson) => void,
  images: tf.Tensor4D,
): Promise<Float32Array> {
  const path = await saveLayersModel(model, dir);
  const files = await readTfjsModel(path);
  const json = structuredClone(files.json) as unknown as ModelJson;
  change(json);
  const conversion = convertLayers({ ...files, json: { ...files.json, modelTopology: json.modelTopology } });
  const outputs = await runOnnx(conversion, await images.data<'float32'>(), images.shape);
  return [...outputs.values()][0] ?? new Float32Array();
}

describe('images are resized as tf.image.resize does:', () => {
  const size = { height: 5, width: 13 };
  const resizeBilinear = (x: tf.Tensor4D, to: [number, number]) =>
    tf.image.resizeBilinear(x, to, false, true);
  it.each<[string, string, Options, (x: tf.Tensor4D) => tf.Tensor4D]>([
    ['bilinearly', 'Resizing', { interpolation: 'bilinear' }, (x) => resizeBilinear(x, [5, 13])],
    [
      'to the nearest',
      'Resizing',
      { interpolation: 'nearest' },
      (x) => tf.image.resizeNearestNeighbor(x, [5, 13], false, true),
    ],
    // 9×16 pixels of which ⌊16 · 5 ⁄ 13⌋ = 6 rows have the aspect ratio of 5×13.
    [
      'after what the aspect ratio cuts away',
      'Resizing',
      { crop_to_aspect_ratio: true },
      (x) => resizeBilinear(tf.slice(x, [0, 1, 0, 0], [20, 6, 16, 3]), [5, 13]),
    ],
    [
      'where a random crop does not train',
      'RandomCrop',
      {},
      (x) => resizeBilinear(tf.slice(x, [0, 1, 0, 0], [20, 6, 16, 3]), [5, 13]),
    ],
    [
      'not at all where the middle is taken',
      'CenterCrop',
      {},
      (x) => tf.slice(x, [0, 2, 1, 0], [20, 5, 13, 3]),
    ],
    [
      'where the middle of too few is taken',
      'CenterCrop',
      { height: 12, width: 16 },
      (x) => resizeBilinear(tf.slice(x, [0, 0, 2, 0], [20, 9, 12, 3]), [12, 16]),
    ],
  ])('%s', async (name, className, options, resize) => {
    const random = randomFrom(1, name);
    const pixels = Float32Array.from({ length: 20 * 9 * 16 * 3 }, () => random.uniform());
    const images = tf.tensor4d(pixels, [20, 9, 16, 3]);
    const model = sequential({ layers: [L.rescaling({ inputShape: [9, 16, 3], scale: 1, name: 'first' })] });
    const change = replace('first', className, { ...size, ...options, batch_input_shape: [null, 9, 16, 3] });
    const found = await converted(model, change, images);
    expect(largestDifference(found, await resize(images).data<'float32'>())).toBeLessThan(1e-5);
  });
});

describe('a conversion says whether bytes go in:', () => {
  it.each<[string, boolean, (json: ModelJson) => void]>([
    ['a Rescaling to parts of 1', true, insert('Rescaling', { scale: 1 / 255, offset: 0 })],
    ['a Rescaling about 0', true, insert('Rescaling', { scale: 1 / 127.5, offset: -1 })],
    ['a shift by a mean', true, insert('Rescaling', { scale: 1, offset: -127.5 })],
    ['a Rescaling of what is scaled already', false, insert('Rescaling', { scale: 2, offset: -1 })],
    ['no Rescaling', false, () => undefined],
    [
      'a Normalization by means of bytes',
      true,
      insert('Normalization', { mean: [120, 110, 100], variance: [3600, 3600, 3600] }),
    ],
    [
      'a Normalization by means of parts of 1',
      false,
      insert('Normalization', { mean: [0.4, 0.4, 0.4], variance: [0.05, 0.05, 0.05] }),
    ],
    ['an input of integers', true, set('image', { dtype: 'uint8' })],
    [
      'a Rescaling after layers that leave pixels as they are',
      true,
      (json) => {
        insert('Rescaling', { scale: 1 / 255 })(json);
        insert('RandomFlip', { mode: 'horizontal' })(json);
        insert('CenterCrop', { height: 6, width: 8 })(json);
        insert('Resizing', { height: 7, width: 9 })(json);
      },
    ],
    [
      'a Rescaling in the depth of the network',
      false,
      (json) => {
        layersOf(json).splice(2, 0, { class_name: 'Rescaling', config: { name: 'late', scale: 1 / 255 } });
      },
    ],
  ])('%s: %s', async (_, bytes, change) => {
    const files = await readTfjsModel(await saveLayersModel(classifier(), dir));
    const json = structuredClone(files.json) as unknown as ModelJson;
    change(json);
    const { takesBytes } = convertLayers({
      ...files,
      json: { ...files.json, modelTopology: json.modelTopology },
    });
    expect(takesBytes).toBe(bytes);
  });
});
