import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  model as functional,
  input,
  layers as L,
  type LayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { expectSame, type LayerJson, type ModelJson } from './comparison.js';
import { teachableMachine } from './teachable-machine.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-topologies-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Applied {
  apply(x: SymbolicTensor | SymbolicTensor[]): unknown;
}
const on = (layer: Applied, ...xs: SymbolicTensor[]) => layer.apply(xs) as SymbolicTensor;

/** A convolution whose result goes two ways, of which one passes a shared layer twice. */
function branched(): LayersModel {
  const image = input({ shape: [6, 6, 3], name: 'image' });
  const shared = L.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'shared' });
  const conv = on(L.conv2d({ filters: 4, kernelSize: 1, name: 'conv' }), image);
  const once = on(shared, conv);
  const twice = on(shared, once);
  const sum = on(L.add({ name: 'sum' }), conv, twice);
  const dropped = on(L.dropout({ rate: 0.5, name: 'drop' }), sum);
  const pooled = on(L.globalAveragePooling2d({ name: 'pool' }), dropped);
  return functional({ inputs: image, outputs: on(L.dense({ units: 3, name: 'scores' }), pooled) });
}

function stack(): LayersModel {
  return sequential({
    layers: [
      L.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, name: 'conv', activation: 'relu' }),
      L.depthwiseConv2d({ kernelSize: 2, name: 'depthwise' }),
      L.batchNormalization({ name: 'norm' }),
      L.flatten({ name: 'flat' }),
      L.dense({ units: 3, activation: 'softmax', name: 'scores' }),
    ],
  });
}

/** Rewrites a topology as Keras 3 does. */
function asKeras3({ modelTopology }: ModelJson): void {
  modelTopology.keras_version = '3.4.1';
  rewriteModel(modelTopology);
}

function rewriteModel(model: {
  class_name: string;
  config: Partial<ModelJson['modelTopology']['config']>;
}): void {
  const { config } = model;
  const isFunctional = model.class_name === 'Model';
  if (isFunctional) model.class_name = 'Functional';
  const shape = config.layers?.[0]?.config.batch_input_shape;
  config.layers?.forEach(rewriteLayer);
  if (!isFunctional) {
    const input = { batch_shape: shape, dtype: 'float32', name: `${config.name}_input` };
    config.layers?.unshift({ class_name: 'InputLayer', config: input });
    return;
  }
  // One input or output stands without a list of its own.
  config.input_layers = config.input_layers?.[0] as unknown[];
  config.output_layers = config.output_layers?.[0] as unknown[];
}

function rewriteLayer(layer: LayerJson): void {
  layer.module = 'keras.layers';
  layer.registered_name = null;
  layer.build_config = { input_shape: [null, 6, 6, 3] };
  layer.inbound_nodes = layer.inbound_nodes?.map((node) => {
    const tensors = (node as unknown[][]).map(([name, call, output]) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 6, 6, 4], dtype: 'float32', keras_history: [name, call, output] },
    }));
    return {
      args: tensors.length === 1 ? tensors : [tensors],
      kwargs: { mask: null, training: false },
    };
  });
  if (layer.config.layers !== undefined) {
    rewriteModel(layer);
    return;
  }
  const { batch_input_shape: shape, ...rest } = layer.config;
  const policy = { class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };
  const isInput = layer.class_name === 'InputLayer';
  layer.config = isInput
    ? { ...rest, batch_shape: shape, dtype: 'float32' }
    : { ...rest, dtype: { module: 'keras', ...policy } };
}

const eachLayer = (json: ModelJson, change: (layer: LayerJson) => void) =>
  json.modelTopology.config.layers.forEach(change);

describe('a topology is understood that', () => {
  it.each<[string, () => LayersModel, (json: ModelJson) => void]>([
    ['Keras 3 writes of a Sequential', stack, asKeras3],
    ['Keras 3 writes of a functional model', branched, asKeras3],
    [
      'says of its calls that they do not train',
      branched,
      (json) =>
        eachLayer(json, (layer) => {
          layer.inbound_nodes?.forEach((node) => {
            for (const ref of node as unknown[][]) ref[3] = { training: false, mask: null };
          });
        }),
    ],
    [
      'leaves the arguments of its calls out',
      branched,
      (json) =>
        eachLayer(json, (layer) => {
          layer.inbound_nodes?.forEach((node) => {
            for (const ref of node as unknown[][]) ref.length = 3;
          });
        }),
    ],
    [
      'is wrapped as Keras wraps what it saves',
      stack,
      (json) => {
        json.modelTopology = {
          keras_version: '2.15.0',
          backend: 'tensorflow',
          model_config: json.modelTopology,
        } as never;
      },
    ],
    [
      'is a bare list of layers',
      stack,
      ({ modelTopology }) => {
        modelTopology.config = modelTopology.config.layers as never;
      },
    ],
    [
      'has the input shape in an input layer of its own',
      stack,
      ({ modelTopology: { config } }) => {
        config.layers.unshift({
          class_name: 'InputLayer',
          config: { name: 'in', batch_input_shape: [1, 6, 6, 3] },
        });
      },
    ],
    [
      'was built for a shape that only the model has',
      stack,
      ({ modelTopology: { config } }) => {
        delete config.layers[0]?.config.batch_input_shape;
        config.build_input_shape = [null, 6, 6, 3];
      },
    ],
    [
      'does not name the layers of a chain',
      stack,
      (json) =>
        eachLayer(json, (layer) => {
          if (layer.class_name !== 'Dense') delete layer.config.name;
        }),
    ],
    [
      'has activations that are objects',
      stack,
      ({ modelTopology: { config } }) => {
        const relu = {
          module: 'builtins',
          class_name: 'function',
          config: 'relu',
          registered_name: 'function',
        };
        Object.assign(config.layers[0]?.config ?? {}, { activation: relu });
      },
    ],
    [
      'has activations that are layers',
      stack,
      ({ modelTopology: { config } }) => {
        const relu = {
          module: 'keras.layers',
          class_name: 'ReLU',
          config: { name: 're_lu', max_value: null },
        };
        Object.assign(config.layers[0]?.config ?? {}, { activation: relu });
      },
    ],
  ])('%s', async (name, model, change) => {
    await expectSame(model(), { random: randomFrom(1, name), dir, change });
  });

  it.each<[string, (name: string) => string]>([
    ['with the path to the layer, as Keras 3 writes them', (name) => `sequential_1/${name}`],
    ['with the number of their output', (name) => `${name}:0`],
    ['with a cell', (name) => name.replace('/', '/cell/')],
    ['without the layer', (name) => name.split('/')[1] ?? ''],
    [
      'with what Keras 3 calls the kernel of a depthwise convolution',
      (name) => name.replace('depthwise_kernel', 'kernel'),
    ],
  ])('names its weights %s', async (name, rename) => {
    const change = (json: ModelJson) => {
      for (const weight of json.weightsManifest.flatMap(({ weights }) => weights))
        weight.name = rename(weight.name);
    };
    await expectSame(stack(), { random: randomFrom(1, name), dir, change });
  });

  it('numbers the weights of a layer', async () => {
    const change = (json: ModelJson) => {
      const counts = new Map<string, number>();
      for (const weight of json.weightsManifest.flatMap(({ weights }) => weights)) {
        const [layer = ''] = weight.name.split('/');
        counts.set(layer, (counts.get(layer) ?? -1) + 1);
        weight.name = `${layer}/${counts.get(layer)}`;
      }
    };
    await expectSame(stack(), { random: randomFrom(1, 'numbers'), dir, change });
  });
});

describe('models within models convert:', () => {
  it('as Teachable Machine exports them', async () => {
    const model = teachableMachine();
    const { original, takesBytes } = await expectSame(model, { random: randomFrom(1, 'teachable'), dir });
    expect(original).toEqual({ dims: [undefined, 32, 32, 3], layout: 'NHWC' });
    expect(takesBytes).toBe(false);
  });

  it('with layers of one name, told apart by the path to their weights', async () => {
    const block = (inputShape: number[], name: string) =>
      sequential({
        name,
        layers: [L.dense({ inputShape, units: 6, name: `${name}_dense` }), L.reLU({ name: `${name}_relu` })],
      });
    const model = sequential();
    model.add(block([5], 'first'));
    model.add(block([6], 'second'));
    model.add(block([6], 'third'));
    const change = (json: ModelJson) => {
      for (const { config } of json.modelTopology.config.layers) {
        config.layers?.forEach((layer) => {
          layer.config.name = String(layer.config.name).replace(/^[a-z]+_/, '');
        });
      }
      for (const weight of json.weightsManifest.flatMap(({ weights }) => weights)) {
        weight.name = weight.name.replace('_dense', '/dense');
      }
    };
    await expectSame(model, { random: randomFrom(1, 'one name'), dir, change });
  });

  it.each([
    ['of Keras 2', undefined],
    ['of Keras 3', asKeras3],
  ] as const)('one that is called twice, and one within it, %s', async (_, change) => {
    const inner = sequential({
      layers: [L.conv2d({ inputShape: [5, 5, 2], filters: 2, kernelSize: 3, padding: 'same' })],
    });
    const start = input({ shape: [5, 5, 2] });
    const block = functional({ inputs: start, outputs: on(L.add(), start, on(inner, start)) });
    const image = input({ shape: [5, 5, 2] });
    const twice = on(block, on(L.reLU(), on(block, image)));
    const model = functional({ inputs: image, outputs: on(L.flatten(), twice) });
    const random = randomFrom(1, 'twice');
    await expectSame(model, { random, dir, ...(change === undefined ? {} : { change }) });
  });

  it('one that alone is a Sequential, whose output is that of the model', async () => {
    const outer = sequential();
    const middle = sequential();
    middle.add(branched());
    outer.add(middle);
    await expectSame(outer, { random: randomFrom(1, 'alone'), dir });
  });

  it('one with two outputs', async () => {
    const start = input({ shape: [4] });
    const heads = ['a', 'b'].map((name) => on(L.dense({ units: 3, name }), start));
    const inner = functional({ inputs: start, outputs: heads, name: 'heads' });
    const image = input({ shape: [4] });
    const [a, b] = inner.apply(image) as SymbolicTensor[];
    const outputs = on(L.concatenate(), a as SymbolicTensor, b as SymbolicTensor);
    await expectSame(functional({ inputs: image, outputs }), { random: randomFrom(1, 'heads'), dir });
  });
});

it('all outputs of a model are outputs of its conversion, by name and in order', async () => {
  const image = input({ shape: [6, 6, 3] });
  const flat = on(L.flatten(), image);
  const age = on(L.dense({ units: 8, name: 'age', activation: 'softmax' }), flat);
  const gender = on(L.dense({ units: 1, name: 'gender', activation: 'sigmoid' }), flat);
  const map = on(L.conv2d({ filters: 2, kernelSize: 3, name: 'map' }), image);
  const model = functional({ inputs: image, outputs: [gender, map, age] });
  const converted = await expectSame(model, { random: randomFrom(1, 'outputs'), dir });
  const dims = (converted.model.graph.output ?? []).map(({ type }) =>
    (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => dimValue ?? undefined),
  );
  expect(dims).toEqual([
    [undefined, 1],
    [undefined, 4, 4, 2],
    [undefined, 8],
  ]);
});
