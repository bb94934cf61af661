import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  layers as L,
  type LayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/errors.js';
import { type RandomStream, randomFrom } from '../../../protocol/random.js';
import { loadNetwork } from '../../../worker/classifier/tensorflow/network.js';
import { useWasm } from '../../../worker/classifier/tensorflow/wasm.js';
import { type ConvertOptions, convertLayersModel } from '../../../worker/onnx/convert-layers.js';
import { type Packing, randomizeWeights, saveLayersModel } from './layers-models.js';

const SHARED = '../shared/models';
const TFJS_MOBILENET = join(SHARED, 'tfjs/mobilenet_v1_0.25_224/model.json');
const ONNX_MOBILENET = join(SHARED, 'onnx/mobilenet_v1_0.25_224.onnx');

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-layers-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

async function runOnnx(bytes: Uint8Array, input: Float32Array, dims: readonly number[]): Promise<Output> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const results = await session.run({ [session.inputNames[0] ?? '']: new Tensor('float32', input, dims) });
  const output = results[session.outputNames[0] ?? ''];
  const result = { data: output?.data as Float32Array, dims: output?.dims ?? [] };
  await session.release();
  return result;
}

function noise(length: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length }, () => 2 * random.uniform() - 1);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

/** [n, h, w, c] → [n, c, h, w]. */
function channelsFirst(
  values: Float32Array,
  [_n, h, w, c]: readonly [number, number, number, number],
): Float32Array {
  const turned = new Float32Array(values.length);
  values.forEach((value, i) => {
    const image = Math.floor(i / (h * w * c));
    turned[image * h * w * c + (i % c) * h * w + (Math.floor(i / c) % (h * w))] = value;
  });
  return turned;
}

/** Converts `model` and compares it with itself, as TensorFlow.js loads and runs it from the same files. */
async function expectSame(
  model: LayersModel,
  random: RandomStream,
  { packing = 'float32', ...options }: ConvertOptions & { readonly packing?: Packing } = {},
): Promise<void> {
  randomizeWeights(model, random);
  const path = await saveLayersModel(model, dir, { packing, shardBytes: 999 });
  const [, ...shape] = model.inputs[0]?.shape ?? [];
  const sizes = shape.map((size) => size ?? 0);
  const images = 3;
  const values = noise(
    sizes.reduce((product, size) => product * size, images),
    random,
  );
  const loaded = await loadNetwork(path).catch(() => undefined);
  const expected = tf.tidy(() => {
    const input = tf.tensor(values, [images, ...sizes]);
    return (model.predict(input) as tf.Tensor).dataSync<'float32'>().slice();
  });
  if (packing !== 'float32' && loaded !== undefined) {
    const input = tf.tensor(values, [images, ...sizes]);
    expected.set(await (await loaded.run(input, 0)).data<'float32'>());
  }
  loaded?.dispose();
  model.dispose();
  const bytes = await convertLayersModel(path, options);
  const [h = 1, w = 1, c = 1] = sizes;
  const planar = sizes.length === 3 && options.layout !== 'NHWC';
  const found = planar
    ? await runOnnx(bytes, channelsFirst(values, [images, h, w, c]), [images, c, h, w])
    : await runOnnx(bytes, values, [images, ...sizes]);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expect(largestDifference(found.data, expected) / scale).toBeLessThan(1e-5);
}

/** A random stack of every layer that takes images, on an image that is not square. */
function randomStack(random: RandomStream): LayersModel {
  const pick = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)] as T;
  const image = input({ shape: [9 + random.below(8), 12 + random.below(8), pick(1, 3)] });
  let x = image;
  const depth = 2 + random.below(5);
  for (let i = 0; i < depth; i++) {
    const [, h, w] = x.shape;
    const room = Math.min(h ?? 0, w ?? 0);
    const kernelSize = Math.min(room, 1 + random.below(4));
    const padding = pick('same', 'valid');
    // TensorFlow has no convolution that is both dilated and strided.
    const dilated = room > 2 * kernelSize && random.chance(0.2);
    // Where a stride exceeds the window, XNNPACK (the wasm backend) pads `same` otherwise than TensorFlow and its other
    // backends do: measured for windows of 2, strides of 3.
    const strides = dilated ? 1 : Math.min(kernelSize, pick(1, 1, 2, 3));
    const convolution = { kernelSize, padding, strides, useBias: random.chance(0.5) } as const;
    const activation = pick('linear', 'relu', 'relu6', 'tanh', 'sigmoid', 'elu');
    const layer = pick<() => { apply(x: SymbolicTensor): unknown }>(
      () =>
        L.conv2d({
          ...convolution,
          filters: 1 + random.below(6),
          activation,
          ...(dilated ? { dilationRate: 2 } : {}),
        }),
      () => L.depthwiseConv2d({ ...convolution, depthMultiplier: pick(1, 2), activation }),
      () => L.separableConv2d({ ...convolution, filters: 4, activation }),
      () => L.maxPooling2d({ poolSize: kernelSize, strides, padding }),
      () => L.averagePooling2d({ poolSize: kernelSize, strides, padding }),
      () =>
        L.zeroPadding2d({
          padding: pick<[[number, number], [number, number]]>(
            [
              [0, 1],
              [0, 1],
            ],
            [
              [1, 2],
              [3, 0],
            ],
          ),
        }),
      () => L.batchNormalization({ scale: random.chance(0.5), center: random.chance(0.5) }),
      () => L.reLU(random.chance(0.5) ? { maxValue: 6 } : {}),
      () => L.leakyReLU({ alpha: 0.1 }),
      () => L.dense({ units: 5 }),
    )();
    x = layer.apply(x) as SymbolicTensor;
  }
  const [, height = 1, width = 1, channels = 1] = x.shape.map((size) => size ?? 1);
  const reshape = (...targetShape: number[]) => L.reshape({ targetShape }).apply(x) as SymbolicTensor;
  const flat = pick(
    () => L.flatten().apply(x),
    () => L.globalAveragePooling2d({}).apply(x),
    () => reshape(height * width * channels),
    () =>
      L.flatten().apply(
        L.batchNormalization().apply(L.dense({ units: 3 }).apply(reshape(height * width, channels))),
      ),
    () => L.flatten().apply(L.maxPooling2d({ poolSize: 1 }).apply(reshape(width, channels, height))),
  )() as SymbolicTensor;
  const scores = L.dense({ units: 4, activation: pick('softmax', 'linear') }).apply(flat) as SymbolicTensor;
  return functional({ inputs: image, outputs: scores });
}

/** Two branches that meet twice, in a model that holds another. */
function diamond(random: RandomStream): LayersModel {
  const image = input({ shape: [8, 6, 3] });
  const apply = (layer: { apply(x: SymbolicTensor[]): unknown }, ...xs: SymbolicTensor[]) =>
    layer.apply(xs) as SymbolicTensor;
  const inner = sequential({
    layers: [L.conv2d({ inputShape: [8, 6, 4], filters: 4, kernelSize: 3, padding: 'same' }), L.reLU()],
  });
  const left = L.conv2d({ filters: 4, kernelSize: 1 }).apply(image) as SymbolicTensor;
  const right = inner.apply(left) as SymbolicTensor;
  const sum = apply(L.add(), left, right, left);
  const joined = apply(L.concatenate({ axis: 1 + random.below(3) }), sum, right);
  const pooled = L.globalAveragePooling2d({}).apply(joined) as SymbolicTensor;
  const scores = L.softmax().apply(L.dense({ units: 3 }).apply(pooled)) as SymbolicTensor;
  return functional({ inputs: image, outputs: scores });
}

function small(): LayersModel {
  return sequential({
    layers: [
      L.conv2d({ inputShape: [7, 7, 1], filters: 3, kernelSize: 3, activation: 'relu', name: 'conv' }),
      L.flatten({ name: 'flat' }),
      L.dropout({ rate: 0.5, name: 'drop' }),
      L.dense({ units: 4, activation: 'softmax', name: 'dense' }),
    ],
  });
}

type Json = {
  modelTopology: { config: { layers: { class_name: string; config: Record<string, unknown> }[] } };
};

/** Saves {@link small}, changes its model.json, and gives the error that converting it ends in. */
async function refusalAfter(change: (json: Json) => unknown): Promise<unknown> {
  const path = await saveLayersModel(small(), dir);
  const json: Json = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(change(json) ?? json));
  return convertLayersModel(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a converted layers model', () => {
  it('is what TensorFlow.js makes of it, for random stacks of layers', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed, 'stack');
      const layout = random.chance(0.5) ? 'NHWC' : 'NCHW';
      const model = randomStack(random);
      const names = model.layers.map((layer) => layer.getClassName()).join(', ');
      await expectSame(model, random, { layout }).catch((cause) => {
        throw new Error(`seed ${seed}: ${names}`, { cause });
      });
    }
  });

  it('may have branches, shared tensors and models within', async () => {
    for (let seed = 0; seed < 3; seed++) {
      const random = randomFrom(seed, 'diamond');
      await expectSame(diamond(random), random);
    }
  });

  it.each(['uint8', 'uint16', 'float16'] as const)('may have its weights packed as %s', async (packing) => {
    const random = randomFrom(1, packing);
    await expectSame(small(), random, { packing });
    await expectSame(randomStack(random), random, { packing });
  });

  it('may pool over zeros that were put around an image, however wide they are', async () => {
    const zeros = (padding: [[number, number], [number, number]]) => L.zeroPadding2d({ padding });
    for (const pool of [L.maxPooling2d, L.averagePooling2d]) {
      for (const poolSize of [1, 3]) {
        const image = input({ shape: [7, 6, 2] });
        const once = zeros([
          [2, 1],
          [0, 3],
        ]).apply(image) as SymbolicTensor;
        const twice = zeros([
          [0, 1],
          [1, 2],
        ]).apply(once) as SymbolicTensor;
        const pooled = pool({ poolSize, strides: 2, padding: 'same' }).apply(twice) as SymbolicTensor;
        const model = functional({ inputs: image, outputs: L.flatten().apply(pooled) as SymbolicTensor });
        await expectSame(model, randomFrom(poolSize, 'zeros'));
      }
    }
  });

  it('may take a vector', async () => {
    const model = sequential({
      layers: [L.dense({ inputShape: [5], units: 3, activation: 'tanh' }), L.dense({ units: 2 })],
    });
    await expectSame(model, randomFrom(2, 'vector'));
  });

  it('may leave its size open, where one is given', async () => {
    const model = sequential({
      layers: [L.conv2d({ inputShape: [null, null, 1], filters: 2, kernelSize: 3 })],
    });
    model.add(L.globalAveragePooling2d({}));
    const path = await saveLayersModel(model, dir);
    await expect(convertLayersModel(path)).rejects.toMatchObject({ code: 'ERR_LAYER_OPTION' });
    const bytes = await convertLayersModel(path, { height: 6, width: 8 });
    const images = noise(48, randomFrom(1, 'open'));
    const expected = (model.predict(tf.tensor(images, [1, 6, 8, 1])) as tf.Tensor).dataSync<'float32'>();
    const found = await runOnnx(bytes, images, [1, 1, 6, 8]);
    expect(largestDifference(found.data, expected)).toBeLessThan(1e-6);
  });

  it.skipIf(!existsSync(TFJS_MOBILENET))(
    'is MobileNet as its twin in ONNX has it, to 1e-5 (needs ../shared/models)',
    async () => {
      const images = 2;
      const values = noise(images * 224 * 224 * 3, randomFrom(1, 'mobilenet'));
      const planar = channelsFirst(values, [images, 224, 224, 3]);
      const twin = await runOnnx(await readFile(ONNX_MOBILENET), planar, [images, 3, 224, 224]);
      const first = await runOnnx(await convertLayersModel(TFJS_MOBILENET), planar, [images, 3, 224, 224]);
      const last = await runOnnx(await convertLayersModel(TFJS_MOBILENET, { layout: 'NHWC' }), values, [
        images,
        224,
        224,
        3,
      ]);
      expect(first.dims).toEqual([images, 1000]);
      expect(largestDifference(first.data, twin.data)).toBeLessThan(1e-5);
      expect(largestDifference(last.data, twin.data)).toBeLessThan(1e-5);
    },
  );
});

describe('converting refuses, by name and with --engine tensorflow,', () => {
  const layer = (i: number, config: Record<string, unknown>) => (json: Json) => {
    Object.assign(json.modelTopology.config.layers[i]?.config ?? {}, config);
  };
  const className = (i: number, name: string) => (json: Json) => {
    Object.assign(json.modelTopology.config.layers[i] ?? {}, { class_name: name });
  };
  it.each<[string, RegExp, (json: Json) => unknown]>([
    ['a layer it does not know', /LSTM \("conv"\)/, className(0, 'LSTM')],
    ['an option it does not know', /option groups_of/, layer(0, { groups_of: 2 })],
    ['grouped convolutions', /option groups .*got 2/, layer(0, { groups: 2 })],
    ['channels first', /data_format .*channels_first/, layer(0, { data_format: 'channels_first' })],
    ['an activation it does not know', /activation .*swish/, layer(0, { activation: 'swish' })],
    ['padding it does not know', /padding .*causal/, layer(0, { padding: 'causal' })],
    ['a window that is too large', /of at least 9 pixels, got 7/, layer(0, { dilation_rate: [4, 4] })],
    [
      'images of integers',
      /InputLayer.*float32/,
      (json) => {
        json.modelTopology.config.layers.unshift({
          class_name: 'InputLayer',
          config: { name: 'in', batch_input_shape: [null, 7, 7, 1], dtype: 'int32' },
        });
      },
    ],
  ])('%s', async (_, words, change) => {
    const error = await refusalAfter(change);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(String(error)).toContain('--engine tensorflow');
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_LAYER_/) });
  });

  it('a graph model', async () => {
    expect(await refusalAfter((json) => ({ ...json, format: 'graph-model' }))).toMatchObject({
      code: 'ERR_LAYER_CLASS',
      message: expect.stringContaining('--engine tensorflow'),
    });
  });
});

describe('converting says in one sentence what is wrong with', () => {
  it.each<[string, string, (json: Json) => unknown]>([
    ['a topology that is none', 'ERR_MODEL_FILE', () => ({ modelTopology: { a: 1 }, weightsManifest: [] })],
    ['a manifest that is none', 'ERR_MODEL_FILE', (json) => ({ ...json, weightsManifest: 7 })],
    ['a model.json of another kind', 'ERR_MODEL_FILE', () => ({ name: 'atoll', version: '0.1.0' })],
    ['JSON that is no object', 'ERR_MODEL_FILE', () => 'model'],
    [
      'weights that are not there',
      'ERR_LAYER_WEIGHT',
      (json) => {
        Object.assign(json.modelTopology.config.layers[0]?.config ?? {}, { name: 'other' });
      },
    ],
    [
      'weights of another shape',
      'ERR_LAYER_WEIGHT',
      (json) => {
        Object.assign(json.modelTopology.config.layers[0]?.config ?? {}, { filters: 4 });
      },
    ],
    [
      'shards outside of the folder',
      'ERR_MODEL_FILE',
      (json) => ({
        ...json,
        weightsManifest: [{ paths: ['../../etc/passwd'], weights: [] }],
      }),
    ],
    [
      'layers that wait for each other',
      'ERR_MODEL_FILE',
      (json) => {
        const config = { name: 'drop', rate: 0.1 };
        const inbound = [[['drop', 0, 0, {}]]];
        const layers = [
          { class_name: 'Dropout', name: 'drop', config, inbound_nodes: inbound },
          {
            class_name: 'InputLayer',
            name: 'in',
            config: { batch_input_shape: [null, 4] },
            inbound_nodes: [],
          },
        ];
        const outside = { input_layers: [['in', 0, 0]], output_layers: [['drop', 0, 0]] };
        return { ...json, modelTopology: { class_name: 'Model', config: { layers, ...outside } } };
      },
    ],
  ])('%s', async (_, code, change) => {
    const error = await refusalAfter(change);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('\n');
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a missing model.json', (path) => rm(path)],
    ['a folder', (path) => rm(path).then(() => mkdir(path))],
    ['a model.json that breaks off', (path) => truncate(path, 300)],
    ['a missing shard', () => rm(join(dir, 'group1-shard2.bin'))],
    ['a shard that breaks off', () => truncate(join(dir, 'group1-shard2.bin'), 9)],
    ['a shard that goes on too long', () => writeFile(join(dir, 'group1-shard1.bin'), new Uint8Array(1000))],
  ])('%s', async (_, damage) => {
    const path = await saveLayersModel(small(), dir, { shardBytes: 256 });
    await damage(path);
    const error = await convertLayersModel(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code: 'ERR_MODEL_FILE', exitCode: 2 });
    expect(String(error)).not.toContain('\n');
  });
});
