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
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { expectSame, type LayerJson, type ModelJson } from './comparison.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-operators-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Applied {
  apply(x: SymbolicTensor | SymbolicTensor[]): unknown;
}
const on = (layer: Applied, ...xs: SymbolicTensor[]) => layer.apply(xs) as SymbolicTensor;

/** A functional classifier in which a convolution is followed by layers that an operator will stand for. */
function classifier(...layers: Applied[]): LayersModel {
  const image = input({ shape: [6, 5, 3], name: 'image' });
  const conv = on(L.conv2d({ filters: 4, kernelSize: 2, name: 'conv' }), image);
  const x = layers.reduce((value, layer) => on(layer, value), conv);
  const flat = x.shape.length > 2 ? on(L.flatten({ name: 'flat' }), x) : x;
  return functional({ inputs: image, outputs: on(L.dense({ units: 3, name: 'scores' }), flat) });
}

const scale = (by: number, offset = 0) => L.rescaling({ scale: by, offset, name: 'op' });
const stand = (json: ModelJson, change: Partial<LayerJson>, name = 'op') => {
  const layer = json.modelTopology.config.layers.find((each) => each.name === name);
  Object.assign(layer ?? {}, change);
};
const lambda =
  (fn: string, named: Record<string, unknown>, node: unknown[] = ['conv', 0, 0, { ...named, name: null }]) =>
  (json: ModelJson) => {
    stand(json, { class_name: 'TFOpLambda', config: { name: 'op', function: fn }, inbound_nodes: [node] });
  };
const tensor = {
  class_name: '__keras_tensor__',
  config: { shape: [null, 5, 4, 4], keras_history: ['conv', 0, 0] },
};
const keras3 =
  (
    class_name: string,
    args: unknown[],
    kwargs: Record<string, unknown> = {},
    config: Record<string, unknown> = {},
  ) =>
  (json: ModelJson) => {
    const inbound_nodes = [{ args, kwargs }];
    stand(json, {
      class_name,
      module: 'keras.src.ops.numpy',
      config: { name: 'op', ...config },
      inbound_nodes,
    });
  };

describe('an operator of a functional model converts:', () => {
  it.each<[string, () => LayersModel, (json: ModelJson) => void]>([
    ['x / 127.5', () => classifier(scale(1 / 127.5)), lambda('math.truediv', { y: 127.5 })],
    ['x − 1', () => classifier(scale(1, -1)), lambda('math.subtract', { y: 1 })],
    ['x + 3', () => classifier(scale(1, 3)), lambda('__operators__.add', { y: 3 })],
    ['x · ⅙', () => classifier(scale(1 / 6)), lambda('math.multiply', { y: 1 / 6 })],
    [
      '1 − x',
      () => classifier(scale(-1, 1)),
      lambda('math.subtract', {}, ['_CONSTANT_VALUE', -1, 1, { y: ['conv', 0, 0], name: null }]),
    ],
    [
      'x + a vector',
      () => classifier(L.rescaling({ scale: 1, offset: [1, 2, 0, -1] as unknown as number, name: 'op' })),
      lambda('nn.bias_add', { bias: [1, 2, 0, -1] }),
    ],
    [
      'a difference of layers',
      () => classifier(difference()),
      (json) => {
        stand(json, { class_name: 'Subtract' });
        stand(json, { class_name: 'Activation', config: { name: 'minus', activation: 'linear' } }, 'minus');
      },
    ],
    ['x · x', () => classifier(square()), lambda('math.multiply', { y: ['conv', 0, 0] })],
    ['relu6', () => classifier(L.reLU({ maxValue: 6, name: 'op' })), lambda('nn.relu6', {})],
    ['silu', () => classifier(L.activation({ activation: 'swish', name: 'op' })), lambda('nn.silu', {})],
    [
      'leaky_relu',
      () => classifier(L.leakyReLU({ alpha: 0.3, name: 'op' })),
      lambda('nn.leaky_relu', { alpha: 0.3 }),
    ],
    ['softmax', () => classifier(L.softmax({ axis: -1, name: 'op' })), lambda('nn.softmax', { axis: -1 })],
    [
      'clip_by_value',
      () => classifier(L.reLU({ maxValue: 0.5, name: 'op' })),
      lambda('clip_by_value', { clip_value_min: 0, clip_value_max: 0.5 }),
    ],
    [
      'the mean of an image',
      () => classifier(L.globalAveragePooling2d({ name: 'op' })),
      lambda('math.reduce_mean', { axis: [1, 2], keepdims: false }),
    ],
    [
      'a reshape',
      () => classifier(L.reshape({ targetShape: [10, 8], name: 'op' })),
      lambda('reshape', { shape: [-1, 10, 8] }),
    ],
    [
      'a transposition',
      () => classifier(L.permute({ dims: [3, 1, 2], name: 'op' })),
      lambda('transpose', { perm: [0, 3, 1, 2] }),
    ],
    [
      'a part of an image',
      () =>
        classifier(
          L.cropping2D({
            cropping: [
              [1, 2],
              [0, 1],
            ],
            name: 'op',
          }),
        ),
      (json) => {
        const all = { start: null, stop: null, step: null };
        const slice_spec = [all, { start: 1, stop: -2, step: null }, { start: null, stop: 3, step: 1 }, all];
        const inbound_nodes = [['conv', 0, 0, { slice_spec }]];
        stand(json, {
          class_name: 'SlicingOpLambda',
          config: { name: 'op', function: '__operators__.getitem' },
          inbound_nodes,
        });
      },
    ],
    [
      'image.resize',
      () => classifier(L.upSampling2d({ size: [2, 3], name: 'op' })),
      lambda('image.resize', { size: [10, 12], method: 'nearest' }),
    ],
    [
      'an operator of TensorFlow 2.3',
      () => classifier(scale(1 / 6)),
      (json) => {
        const node_def = JSON.stringify({
          name: 'Mul',
          op: 'Mul',
          input: ['conv', 'Mul/y'],
          attr: { T: { type: 'DT_FLOAT' } },
        });
        stand(json, {
          class_name: 'TensorFlowOpLayer',
          config: { name: 'op', node_def, constants: { 1: 1 / 6 } },
        });
      },
    ],
    ['TrueDivide of Keras 3', () => classifier(scale(1 / 127.5)), keras3('TrueDivide', [tensor, 127.5])],
    [
      'Subtract of Keras 3, a constant first',
      () => classifier(scale(-1, 2)),
      keras3('Subtract', [2, tensor]),
    ],
    ['Add of Keras 3', () => classifier(scale(2)), keras3('Add', [tensor, tensor])],
    [
      'Multiply of Keras 3 by an array',
      () => classifier(scale(2)),
      keras3('Multiply', [
        tensor,
        { class_name: '__numpy__', config: { value: [2, 2, 2, 2], dtype: 'float32' } },
      ]),
    ],
    [
      'Gelu of Keras 3, approximated',
      () => classifier(L.activation({ activation: 'gelu_new' as 'gelu', name: 'op' })),
      keras3('Gelu', [tensor], {}, { approximate: true }),
    ],
    [
      'Mean of Keras 3',
      () => classifier(L.globalAveragePooling2d({ name: 'op' })),
      keras3('Mean', [tensor], {}, { axis: [1, 2], keepdims: false }),
    ],
    [
      'GetItem of Keras 3',
      () =>
        classifier(
          L.cropping2D({
            cropping: [
              [0, 1],
              [0, 0],
            ],
            name: 'op',
          }),
        ),
      keras3('GetItem', [
        tensor,
        [
          { class_name: 'slice', config: [null, null, null] },
          { class_name: 'slice', config: [null, -1, null] },
          { class_name: '__ellipsis__', config: {} },
        ],
      ]),
    ],
  ])('%s', async (name, model, change) => {
    await expectSame(model(), { random: randomFrom(1, name), dir, change });
  });

  it('division by 127.5 at the head says that bytes go in', async () => {
    const image = input({ shape: [6, 5, 3], name: 'conv' });
    const x = on(L.flatten(), on(scale(1 / 127.5), image));
    const model = functional({ inputs: image, outputs: on(L.dense({ units: 3, name: 'scores' }), x) });
    const change = lambda('math.truediv', { y: 127.5 });
    const { takesBytes } = await expectSame(model, {
      random: randomFrom(1, 'bytes'),
      dir,
      change,
      most: 255,
    });
    expect(takesBytes).toBe(true);
  });
});

/** x · x has no layer of its own: a product of one tensor with itself, of which the second stays a name. */
function square(): Applied {
  return {
    apply: ([x]: SymbolicTensor[]) =>
      on(L.multiply({ name: 'op' }), x as SymbolicTensor, x as SymbolicTensor),
  } as Applied;
}

/** TensorFlow.js has no layer that subtracts. */
function difference(): Applied {
  return {
    apply([x]: SymbolicTensor[]) {
      const minus = on(L.rescaling({ scale: -1, name: 'minus' }), x as SymbolicTensor);
      const half = on(L.rescaling({ scale: 0.5 }), x as SymbolicTensor);
      return on(L.add({ name: 'op' }), half, minus);
    },
  } as Applied;
}
