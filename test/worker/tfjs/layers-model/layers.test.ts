import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  model as functional,
  input,
  layers as L,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../../protocol/base/random.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { expectSame } from './comparison.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-layers-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

type Tensors = SymbolicTensor | SymbolicTensor[];
interface Applied {
  apply(x: Tensors): unknown;
}
const on = (layer: Applied, x: Tensors) => layer.apply(x) as SymbolicTensor;
const apply = (x: SymbolicTensor, ...layers: Applied[]) =>
  layers.reduce((value, layer) => on(layer, value), x);

/** `layers` between a convolution of small images and a row of scores. */
function between(...layers: Applied[]): LayersModel {
  const image = input({ shape: [7, 9, 3] });
  const before = apply(image, L.conv2d({ filters: 4, kernelSize: 2 }));
  return functional({ inputs: image, outputs: scoresOf(apply(before, ...layers)) });
}

function scoresOf(x: SymbolicTensor): SymbolicTensor {
  const flat = x.shape.length > 2 ? on(L.flatten(), x) : x;
  return on(L.dense({ units: 5, activation: 'softmax', name: 'scores' }), flat);
}

/** A layer of each class that TensorFlow.js has and that converts, with options. */
const LAYERS: readonly (readonly [string, () => Applied[]])[] = [
  ...(
    [
      'elu',
      'hardSigmoid',
      'linear',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'softmax',
      'softplus',
      'softsign',
      'tanh',
      'swish',
      'mish',
      'gelu',
      'gelu_new',
      'logSoftmax',
    ] as const
  ).map(
    (activation) =>
      [`activation ${activation}`, () => [L.activation({ activation: activation as 'relu' })]] as const,
  ),
  ['PReLU, one a number', () => [L.prelu()]],
  ['PReLU, one a channel', () => [L.prelu({ sharedAxes: [1, 2] })]],
  ['ELU', () => [L.elu()]],
  ['LeakyReLU', () => [L.leakyReLU({ alpha: 0.15 })]],
  ['ReLU up to 1', () => [L.reLU({ maxValue: 1 })]],
  ['ThresholdedReLU', () => [L.thresholdedReLU({ theta: 0.3 })]],
  ['Softmax over all of an image', () => [L.softmax({ axis: [1, 2] as unknown as number })]],
  ['LayerNormalization', () => [L.layerNormalization()]],
  ['LayerNormalization of an image', () => [L.layerNormalization({ axis: [1, 2, 3], epsilon: 1e-4 })]],
  ['LayerNormalization of columns', () => [L.layerNormalization({ axis: 1, scale: false })]],
  ['UpSampling2D', () => [L.upSampling2d({ size: [2, 3] })]],
  ['UpSampling2D, bilinear', () => [L.upSampling2d({ size: [3, 2], interpolation: 'bilinear' })]],
  [
    'Conv2DTranspose',
    () => [L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, activation: 'relu' })],
  ],
  [
    'Conv2DTranspose, same',
    () => [L.conv2dTranspose({ filters: 2, kernelSize: [3, 2], strides: 2, padding: 'same' })],
  ],
  [
    'Conv2DTranspose of small filters',
    () => [L.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, useBias: false })],
  ],
  [
    'Cropping2D',
    () => [
      L.cropping2D({
        cropping: [
          [1, 0],
          [2, 1],
        ],
      }),
    ],
  ],
  ['ZeroPadding2D', () => [L.zeroPadding2d({ padding: [1, 2] })]],
  ['Permute', () => [L.permute({ dims: [2, 3, 1] }), L.conv2d({ filters: 2, kernelSize: 2 })]],
  ['Permute and Flatten', () => [L.permute({ dims: [3, 1, 2] })]],
  ['RepeatVector', () => [L.globalMaxPooling2d({}), L.repeatVector({ n: 3 })]],
  ['GlobalMaxPooling2D', () => [L.globalMaxPooling2d({})]],
  ['GlobalAveragePooling2D', () => [L.globalAveragePooling2d({})]],
  ['Dense at each pixel', () => [L.dense({ units: 3, activation: 'relu' })]],
  [
    'Dense of rank 4',
    () => [L.reshape({ targetShape: [2, 3, 8, 4] }), L.dense({ units: 3, useBias: false })],
  ],
  [
    'sequences',
    () => [
      L.reshape({ targetShape: [48, 4] }),
      L.conv1d({ filters: 6, kernelSize: 3, strides: 2, activation: 'relu' }),
      L.maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
      L.averagePooling1d({ poolSize: 2 }),
      L.dense({ units: 3 }),
    ],
  ],
  [
    'Conv1D, dilated, same',
    () => [
      L.reshape({ targetShape: [48, 4] }),
      L.conv1d({ filters: 2, kernelSize: 3, dilationRate: 2, padding: 'same' }),
      L.globalMaxPooling1d(),
    ],
  ],
  ['GlobalAveragePooling1D', () => [L.reshape({ targetShape: [48, 4] }), L.globalAveragePooling1d()]],
  ['CenterCrop', () => [L.centerCrop({ height: 4, width: 4 })]],
  ['Rescaling', () => [L.rescaling({ scale: 0.5, offset: -1 })]],
  [
    'Rescaling of each channel',
    () => [
      L.rescaling({ scale: [1, 2, 3, 4] as unknown as number, offset: [0, 1, 0, 2] as unknown as number }),
    ],
  ],
  [
    'noise that trains',
    () => [
      L.gaussianNoise({ stddev: 1 }),
      L.gaussianDropout({ rate: 0.5 }),
      L.alphaDropout({ rate: 0.5 }),
      L.dropout({ rate: 0.5 }),
    ],
  ],
  ['separable convolutions', () => [L.separableConv2d({ filters: 3, kernelSize: 2, activation: 'selu' })]],
];

describe('a layer converts to what TensorFlow.js computes:', () => {
  it.each(LAYERS)('%s', async (name, layers) => {
    await expectSame(between(...layers()), { random: randomFrom(1, name), dir });
  });
});

describe('tensors meet as in TensorFlow.js:', () => {
  const branches = (join: (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor) => {
    const image = input({ shape: [6, 8, 3] });
    const conv = () => apply(image, L.conv2d({ filters: 4, kernelSize: 3 }));
    return functional({ inputs: image, outputs: scoresOf(join(conv(), conv())) });
  };
  it.each<[string, () => Applied]>([
    ['Add', () => L.add()],
    ['Multiply', () => L.multiply()],
    ['Average', () => L.average()],
    ['Maximum', () => L.maximum()],
    ['Minimum', () => L.minimum()],
    ['Concatenate of channels', () => L.concatenate()],
    ['Concatenate of rows', () => L.concatenate({ axis: 1 })],
  ])('%s', async (name, join) => {
    await expectSame(
      branches((a, b) => on(join(), [a, b])),
      { random: randomFrom(1, name), dir },
    );
  });

  it('a factor for each channel, as squeeze and excitation has it', async () => {
    const random = randomFrom(1, 'squeeze');
    const excite = (a: SymbolicTensor) =>
      apply(a, L.globalAveragePooling2d({}), L.dense({ units: 4, activation: 'sigmoid' }));
    await expectSame(
      branches((a) => on(L.multiply(), [a, excite(a)])),
      { random, dir },
    );
    await expectSame(
      branches((a, b) => on(L.multiply(), [apply(excite(a), L.reshape({ targetShape: [1, 1, 4] })), b])),
      { random, dir },
    );
  });

  it('the product of two vectors', async () => {
    const pooled = (a: SymbolicTensor) => apply(a, L.globalAveragePooling2d({}));
    const model = branches((a, b) => on(L.dot({ axes: -1 }), [pooled(a), pooled(b)]));
    await expectSame(model, { random: randomFrom(1, 'dot'), dir });
  });
});

/** Images with their channels first, through layers that take them and layers that do not ask. */
function channelsFirstStack(random: RandomStream): LayersModel {
  const dataFormat = 'channelsFirst';
  const pick = <T>(...choices: readonly T[]): T => choices[random.below(choices.length)] as T;
  const image = input({ shape: [3, 9 + random.below(4), 8 + random.below(4)] });
  let x = image;
  for (let i = 0; i < 4; i++) {
    const layer = pick<() => Applied>(
      () =>
        L.conv2d({
          dataFormat,
          filters: 1 + random.below(4),
          kernelSize: 2,
          padding: pick('same', 'valid'),
          activation: pick('relu', 'softmax', 'tanh'),
        }),
      () => L.depthwiseConv2d({ dataFormat, kernelSize: 2, useBias: false }),
      () => L.conv2dTranspose({ dataFormat, filters: 2, kernelSize: 2, useBias: false }),
      () => L.maxPooling2d({ dataFormat, poolSize: 2, strides: 1 }),
      () => L.averagePooling2d({ dataFormat, poolSize: 2, strides: 1, padding: 'same' }),
      () =>
        L.zeroPadding2d({
          dataFormat,
          padding: [
            [0, 1],
            [2, 0],
          ],
        }),
      () =>
        L.cropping2D({
          dataFormat,
          cropping: [
            [1, 0],
            [0, 1],
          ],
        }),
      () => L.upSampling2d({ dataFormat, size: [2, 1] }),
      () => L.dense({ units: 5 }),
      () => L.permute({ dims: [1, 3, 2] }),
      () => L.activation({ activation: 'softmax' }),
    )();
    x = apply(x, layer);
  }
  const end = pick<() => Applied>(
    () => L.flatten({ dataFormat }),
    () => L.flatten(),
    () => L.globalAveragePooling2d({ dataFormat }),
    () => L.globalMaxPooling2d({ dataFormat }),
  )();
  return functional({ inputs: image, outputs: scoresOf(apply(x, end)) });
}

it('images with their channels first convert, whatever layers they pass', async () => {
  for (let seed = 0; seed < 25; seed++) {
    const random = randomFrom(seed, 'channels first');
    const model = channelsFirstStack(random);
    const names = model.layers.map((layer) => layer.getClassName()).join(', ');
    const { original } = await expectSame(model, { random, dir, images: 20, varied: false }).catch(
      (cause) => {
        throw new Error(`seed ${seed}: ${names}`, { cause });
      },
    );
    expect(original.dims[1]).toBe(3);
  }
});
