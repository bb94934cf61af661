import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { readTfjsModel } from '../read-model.js';
import { flag, type GraphWriter, graphWriter, real, text, texts, whole, wholes } from './graph-writer.js';
import { declared, expectSame, operatorsOf } from './oracle.js';

beforeAll(useWasm);

const TFJS_MOBILENET = join('../shared/models/tfjs/mobilenet_v1_0.25_224/model.json');

/** An image on its way, [N, size, size, channels]. */
interface Image {
  readonly name: string;
  readonly size: number;
  readonly channels: number;
}

type Step = (g: GraphWriter, x: Image) => Image;

const moving = (strides: number, padding: string) => ({
  strides: wholes([1, strides, strides, 1]),
  dilations: wholes([1, 1, 1, 1]),
  padding: text(padding),
});

function convolved(g: GraphWriter, { name, size, channels }: Image, filters: number, strides = 1): Image {
  const y = g.node('Conv2D', [name, g.weights(3, 3, channels, filters)], moving(strides, 'SAME'));
  return { name: y, size: Math.ceil(size / strides), channels: filters };
}

/** What networks are made of; each step takes and gives an image. */
const STEPS: Readonly<Record<string, Step>> = {
  convolution: (g, x) => {
    const y = convolved(g, x, 6, x.size > 6 ? 2 : 1);
    return { ...y, name: g.node('Relu', [g.node('BiasAdd', [y.name, g.weights(6)])]) };
  },
  fused: (g, x) => ({
    ...x,
    channels: 4,
    name: g.node('_FusedConv2D', [x.name, g.weights(1, 1, x.channels, 4), g.weights(4)], {
      ...moving(1, 'VALID'),
      fused_ops: texts(['BiasAdd', 'Elu']),
      num_args: whole(1),
    }),
  }),
  depthwise: (g, x) => ({
    ...x,
    name: g.node('DepthwiseConv2dNative', [x.name, g.weights(3, 3, x.channels, 1)], moving(1, 'SAME')),
  }),
  normalisation: (g, x) => {
    const [scale, offset, mean, variance] = [g.positive, g.weights, g.weights, g.positive].map((make) =>
      make(x.channels),
    );
    const inputs = [x.name, scale ?? '', offset ?? '', mean ?? '', variance ?? ''];
    return { ...x, name: g.node('FusedBatchNormV3', inputs, { epsilon: real(0.001) }) };
  },
  'normalisation of its parts': (g, x) => ({
    ...x,
    name: g.node('AddV2', [g.node('Mul', [x.name, g.positive(x.channels)]), g.weights(x.channels)]),
  }),
  pooling: (g, x) => ({
    ...x,
    size: Math.ceil(x.size / 2),
    name: g.node('MaxPool', [x.name], { ...moving(2, 'SAME'), ksize: wholes([1, 2, 2, 1]) }),
  }),
  border: (g, x) => ({
    ...x,
    size: x.size + 2,
    name: g.node('Pad', [x.name, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2])]),
  }),
  residual: (g, x) => ({ ...x, name: g.node('AddV2', [x.name, convolved(g, x, x.channels).name]) }),
  dense: (g, x) => {
    const other = convolved(g, x, 2);
    return {
      ...x,
      channels: x.channels + 2,
      name: g.node('ConcatV2', [x.name, other.name, g.ints([3], [])], { N: whole(2) }),
    };
  },
  excitation: (g, x) => {
    const pooled = g.node('Mean', [x.name, g.ints([1, 2])], { keep_dims: flag(false) });
    const gate = g.node('Sigmoid', [g.node('MatMul', [pooled, g.weights(x.channels, x.channels)])]);
    const wide = g.node('Reshape', [gate, g.ints([-1, 1, 1, x.channels])]);
    return { ...x, name: g.node('Mul', [x.name, wide]) };
  },
  shuffle: (g, x) => {
    const even = convolved(g, x, 6);
    const groups = g.node('Reshape', [even.name, g.ints([-1, x.size, x.size, 2, 3])]);
    const turned = g.node('Transpose', [groups, g.ints([0, 1, 2, 4, 3])]);
    return { ...even, name: g.node('Reshape', [turned, g.ints([-1, x.size, x.size, 6])]) };
  },
  'channels first for a while': (g, x) => {
    const first = g.node('Relu6', [g.node('Transpose', [x.name, g.ints([0, 3, 1, 2])])]);
    const shifted = g.node('AddV2', [first, g.weights(x.channels, 1, 1)]);
    return { ...x, name: g.node('Transpose', [shifted, g.ints([0, 2, 3, 1])]) };
  },
  attention: (g, x) => {
    const words = g.node('Reshape', [x.name, g.ints([-1, x.size * x.size, x.channels])]);
    const scores = g.node('Softmax', [g.node('BatchMatMulV2', [words, words], { adj_y: flag(true) })]);
    const mixed = g.node('BatchMatMulV2', [scores, words]);
    return { ...x, name: g.node('Reshape', [mixed, g.ints([-1, x.size, x.size, x.channels])]) };
  },
  halves: (g, x) => {
    const y = convolved(g, x, 4);
    const split = g.node('Split', [g.ints([3], []), y.name], { num_split: whole(2) });
    return { ...y, channels: 2, name: g.node('Mul', [split, g.node('Sigmoid', [`${split}:1`])]) };
  },
  enlargement: (g, x) => ({
    ...x,
    size: x.size + 3,
    name: g.node('ResizeBilinear', [x.name, g.ints([x.size + 3, x.size + 3])], {
      half_pixel_centers: flag(true),
    }),
  }),
};

describe('random networks', () => {
  it('of all that networks are made of give what TensorFlow.js gives', async () => {
    const names = Object.keys(STEPS);
    for (let seed = 0; seed < 60; seed++) {
      const random = randomFrom(seed);
      const g = graphWriter(random);
      const channels = random.chance(0.5) ? 3 : 1;
      let x: Image = { name: g.input([-1, 10, 10, channels]), size: 10, channels };
      const path = Array.from({ length: 2 + random.below(7) }, () => names[random.below(names.length)] ?? '');
      for (const step of path) x = STEPS[step]?.(g, x) ?? x;
      const flat = random.chance(0.5)
        ? g.node('Mean', [x.name, g.ints([1, 2])])
        : g.node('Reshape', [x.name, g.ints([-1, x.size * x.size * x.channels])]);
      const inputs = flat.startsWith('Mean') ? x.channels : x.size * x.size * x.channels;
      const y = g.node('Softmax', [g.node('MatMul', [flat, g.weights(inputs, 5)])]);
      const converted = await expectSame(g.model([y]), random, {
        sizes: [10, 10, channels],
        images: 2,
      }).catch((cause) => {
        throw new Error(`seed ${seed}: ${path.join(', ')}`, { cause });
      });
      expect(declared(converted)).toEqual(['N', 5]);
    }
  });

  it.skipIf(!existsSync(TFJS_MOBILENET))(
    'a MobileNet of real weights does too (../shared/models)',
    async () => {
      const { json, specs, data } = await readTfjsModel(TFJS_MOBILENET);
      const weightSpecs = specs.map((spec) => ({ ...spec }) as tf.io.WeightsManifestEntry);
      const layers = await loadLayersModel({
        load: async () => ({ ...json, weightSpecs, weightData: data.buffer }),
      });
      const random = randomFrom(1);
      const g = graphWriter(random);
      let x = g.input([-1, 224, 224, 3]);
      for (const layer of layers.layers) {
        const config = layer.getConfig();
        const weights = layer
          .getWeights()
          .map((weight) => g.floats(weight.dataSync<'float32'>(), weight.shape));
        const attr = {
          strides: wholes([1, ...((config.strides as number[] | undefined) ?? [1, 1]), 1]),
          dilations: wholes([1, 1, 1, 1]),
          padding: text(String(config.padding ?? 'same').toUpperCase()),
          epsilon: real(Number(config.epsilon ?? 0)),
        };
        const [first = '', ...rest] = weights;
        switch (layer.getClassName()) {
          case 'Conv2D':
            x = g.node('Conv2D', [x, first], attr);
            if (rest[0] !== undefined) x = g.node('BiasAdd', [x, rest[0]]);
            break;
          case 'DepthwiseConv2D':
            x = g.node('DepthwiseConv2dNative', [x, first], attr);
            break;
          case 'BatchNormalization':
            x = g.node('FusedBatchNormV3', [x, first, ...rest], attr);
            break;
          case 'GlobalAveragePooling2D':
            x = g.node('Mean', [x, g.ints([1, 2])]);
            break;
          case 'Reshape':
            x = g.node('Reshape', [x, g.ints([-1, ...(config.targetShape as number[])])]);
            break;
          case 'Activation':
            x = g.node(config.activation === 'softmax' ? 'Softmax' : 'Relu6', [x]);
            break;
        }
      }
      layers.dispose();
      const converted = await expectSame(g.model([x]), random, { sizes: [224, 224, 3], images: 2 });
      expect(declared(converted)).toEqual(['N', 1000]);
      expect(operatorsOf(converted).Transpose).toBe(undefined);
    },
  );
});
