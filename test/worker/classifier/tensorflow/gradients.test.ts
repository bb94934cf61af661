import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializers, layers as L, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classifier } from '../../../../worker/classifier/classifier.js';
import { openModel } from '../../../../worker/classifier/open.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { saveLayersModel } from '../../tfjs/layers-model/saved-models.js';
import { distance, noise } from '../conformance.js';

/** ONNX Runtime's gradients, which finite differences have proven, are the oracle of TensorFlow.js's. */

let dir: string;
beforeAll(async () => {
  await useWasm();
  dir = await mkdtemp(join(tmpdir(), 'atoll-tfjs-gradients-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const [HEIGHT, WIDTH, CHANNELS] = [8, 9, 3];
type Layer = Parameters<ReturnType<typeof sequential>['add']>[0];

const network = (...middle: Layer[]): LayersModel =>
  sequential({
    layers: [
      L.conv2d({ inputShape: [HEIGHT, WIDTH, CHANNELS], filters: 4, kernelSize: 3, padding: 'same' }),
      ...middle,
      L.flatten(),
      L.dense({ units: 3, activation: 'softmax' }),
    ],
  });
const depthwise = (more: object): Layer => L.depthwiseConv2d({ kernelSize: 3, ...more } as never);

const NETWORKS: Readonly<Record<string, () => LayersModel>> = {
  'a filter for each channel': () => network(depthwise({ padding: 'same' })),
  'two filters for each channel, by steps of two': () =>
    network(depthwise({ strides: 2, padding: 'same', depthMultiplier: 2 })),
  'filters of channels by steps of three, without padding': () => network(depthwise({ strides: 3 })),
  'separable filters': () => network(L.separableConv2d({ filters: 2, kernelSize: 3 } as never)),
  'the largest of each window': () => network(L.maxPooling2d({ poolSize: 2 })),
  'the largest of windows that overlap and reach over the edge': () =>
    network(L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'a softmax of which most is 0': () => decided('softmax'),
  'logits far apart': () => decided('linear'),
  'means of windows': () => network(L.averagePooling2d({ poolSize: [2, 3] })),
  'means of windows that overlap and reach over the edge': () =>
    network(L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
};

/** Nine in ten confidences of it are 0 in single precision. */
const decided = (activation: 'softmax' | 'linear') =>
  sequential({
    layers: [
      L.flatten({ inputShape: [HEIGHT, WIDTH, CHANNELS] }),
      L.dense({
        units: 3,
        activation,
        kernelInitializer: initializers.randomUniform({ minval: -50, maxval: 50, seed: 1 }),
      }),
    ],
  });

describe('TensorFlow.js has the gradient that ONNX Runtime has, of a network with', () => {
  it.each(Object.entries(NETWORKS))('%s', async (_, made) => {
    const path = await saveLayersModel(made(), dir);
    const [onnx, tensorflow] = [await gradientOn('onnx', path), await gradientOn('tensorflow', path)];
    const greatest = onnx.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expect(greatest).toBeGreaterThan(0);
    expect(distance(onnx, tensorflow) / greatest).toBeLessThan(1e-4);
  });
});

it('what TensorFlow.js cannot differentiate is refused in one sentence', async () => {
  const path = await saveLayersModel(network(L.thresholdedReLU({ theta: 0.1 })), dir);
  await expect(gradientOn('tensorflow', path)).rejects.toMatchObject({
    code: 'ERR_GRADIENT',
    message: expect.stringMatching(
      /no gradient of model\.json \(the kernel Greater lacks one\)\. Use --engine onnx/,
    ),
  });
});

/** Of four images of noise and the classes 0, 1, 2, 0, in NHWC. */
async function gradientOn(engine: 'onnx' | 'tensorflow', path: string): Promise<Float32Array> {
  const { classifier } = await openModel(path, { scale: 1 / 255 }, { engine, device: 'cpu' });
  const { layout } = classifier.input;
  const images = noise({ ...classifier, input: { ...classifier.input, layout: 'NHWC' } } as Classifier, 4);
  const found = await classifier.gradient?.(
    layout === 'NHWC' ? images : moved(images, true),
    4,
    [0, 1, 2, 0],
  );
  await classifier.close();
  const gradient = found?.gradient ?? new Float32Array();
  return layout === 'NHWC' ? gradient : moved(gradient, false);
}

/** Images in NCHW from those in NHWC, or back. */
function moved(images: Float32Array, first: boolean): Float32Array {
  const pixels = HEIGHT * WIDTH;
  const found = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const within = i % (pixels * CHANNELS);
    const other = i - within + (within % CHANNELS) * pixels + Math.floor(within / CHANNELS);
    if (first) found[other] = images[i] ?? 0;
    else found[i] = images[other] ?? 0;
  }
  return found;
}
