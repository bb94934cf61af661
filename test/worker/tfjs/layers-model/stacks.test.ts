import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { loadNetwork } from '../../../../worker/classifier/tensorflow/network.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { decodeModel } from '../../../../worker/onnx/file.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import { readTfjsModel } from '../read-model.js';
import { expectSame, largestDifference, runOnnx } from './comparison.js';
import { randomizeWeights, saveLayersModel, smallModel } from './saved-models.js';

const SHARED = '../shared/models';
const TFJS_MOBILENET = join(SHARED, 'tfjs/mobilenet_v1_0.25_224/model.json');
const ONNX_MOBILENET = join(SHARED, 'onnx/mobilenet_v1_0.25_224.onnx');

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-layers-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

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

describe('a converted layers model', () => {
  it('is what TensorFlow.js makes of it, for random stacks of layers', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed, 'stack');
      const model = randomStack(random);
      const names = model.layers.map((layer) => layer.getClassName()).join(', ');
      await expectSame(model, { random, dir, images: 30, varied: false }).catch((cause) => {
        throw new Error(`seed ${seed}: ${names}`, { cause });
      });
    }
  });

  it('may have branches, shared tensors and models within', async () => {
    for (let seed = 0; seed < 3; seed++) {
      const random = randomFrom(seed, 'diamond');
      await expectSame(diamond(random), { random, dir });
    }
  });

  it.each(['uint8', 'uint16', 'float16'] as const)('may have its weights packed as %s', async (packing) => {
    const random = randomFrom(1, packing);
    const model = smallModel();
    randomizeWeights(model, random);
    const files = await readTfjsModel(await saveLayersModel(model, dir, { packing, shardBytes: 99 }));
    const values = Float32Array.from({ length: 100 * 49 }, () => random.uniform());
    const network = await loadNetwork(files, 'model.json');
    const expected = await network.run(tf.tensor(values, [100, 7, 7, 1]), 0);
    const [found] = (await runOnnx(convertLayers(files), values, [100, 7, 7, 1])).values();
    expect(largestDifference(found ?? values, await expected.data<'float32'>())).toBeLessThan(1e-5);
    network.dispose();
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
        await expectSame(model, { random: randomFrom(poolSize, 'zeros'), dir });
      }
    }
  });

  it('may take a vector', async () => {
    const model = sequential({
      layers: [L.dense({ inputShape: [5], units: 3, activation: 'tanh' }), L.dense({ units: 2 })],
    });
    await expectSame(model, { random: randomFrom(2, 'vector'), dir });
  });

  it('may take images without a dimension for channels', async () => {
    const model = sequential({
      layers: [L.flatten({ inputShape: [7, 5] }), L.dense({ units: 4, activation: 'softmax' })],
    });
    const { original } = await expectSame(model, { random: randomFrom(1, 'grey'), dir });
    expect(original.dims).toEqual([undefined, 7, 5]);
  });

  it('may leave its size open, where one is given', async () => {
    const model = sequential({
      layers: [L.conv2d({ inputShape: [null, null, 1], filters: 2, kernelSize: 3 })],
    });
    model.add(L.globalAveragePooling2d({}));
    const size = { height: 6, width: 8 };
    const { original } = await expectSame(model, { random: randomFrom(1, 'open'), dir, size });
    expect(original.dims).toEqual([undefined, undefined, undefined, 1]);
  });

  it.skipIf(!existsSync(TFJS_MOBILENET))(
    'is MobileNet as its twin in ONNX has it, to 1e-5 (needs ../shared/models)',
    async () => {
      const dims = [2, 224, 224, 3] as const;
      const random = randomFrom(1, 'mobilenet');
      const values = Float32Array.from({ length: 2 * 224 * 224 * 3 }, () => 2 * random.uniform() - 1);
      const twin = decodeModel(await readFile(ONNX_MOBILENET));
      const original = { dims: [undefined, 224, 224, 3], layout: 'NHWC' } as const;
      const [expected] = (await runOnnx({ model: twin, original, takesBytes: false }, values, dims)).values();
      const converted = convertLayers(await readTfjsModel(TFJS_MOBILENET));
      const [found] = (await runOnnx(converted, values, dims)).values();
      expect(found?.length).toBe(2000);
      expect(largestDifference(found ?? values, expected ?? values)).toBeLessThan(1e-5);
    },
  );
});
