import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BadInputError } from '../../../protocol/errors.js';
import { randomFrom } from '../../../protocol/random.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openClassifier } from '../../../worker/classifier/open.js';
import { openTensorflow } from '../../../worker/classifier/tensorflow/tensorflow.js';
import { resolveModel } from '../../../worker/model/resolve.js';
import { saveLayersModel } from '../onnx/layers-model/saved-models.js';
import { classifierConformance, distance, noise } from './conformance.js';
import { saveGraphModel, tinyModel } from './tensorflow-models.js';

const MOBILENET = '../shared/models/tfjs/mobilenet_v1_0.25_224';
const LABELS = '../shared/imagenet/labels.json';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-tensorflow-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

classifierConformance('tensorflow: digits on wasm', async () =>
  openTensorflow(await resolveModel('digits'), { device: 'cpu' }),
);
classifierConformance('tensorflow: a graph model on wasm', async () =>
  openTensorflow(tinyModel(await saveGraphModel(dir, randomFrom(1, 'graph'))), { device: 'cpu' }),
);
classifierConformance('tensorflow: a graph model of a fixed batch on wasm', async () =>
  openTensorflow(tinyModel(await saveGraphModel(dir, randomFrom(1, 'graph'), { batch: 3 })), {
    device: 'cpu',
  }),
);
classifierConformance(
  'tensorflow: MobileNet on wasm',
  async () => openTensorflow(await resolveModel(MOBILENET, { labels: LABELS }), { device: 'cpu' }),
  { skip: existsSync(MOBILENET) ? undefined : 'needs ../shared/models', tolerance: 1e-5 },
);

describe('tensorflow and onnx', () => {
  async function expectAgreement(reference: string, labels?: string): Promise<void> {
    const model = await resolveModel(reference, { labels });
    const a = await openClassifier(model, { engine: 'tensorflow', device: 'cpu' });
    const b = await openClassifier(model, { engine: 'onnx', device: 'cpu' });
    const images = noise(a, 4);
    const expected = await a.classify(images, 4);
    const found = await b.classify(a.input.layout === b.input.layout ? images : channelsFirst(images, a), 4);
    await a.close();
    await b.close();
    expect(distance(found, expected)).toBeLessThan(1e-5);
  }

  it('agree on digits to 1e-5', () => expectAgreement('digits'));
  it.skipIf(!existsSync(MOBILENET))('agree on MobileNet to 1e-5 (needs ../shared/models)', () =>
    expectAgreement(MOBILENET, LABELS),
  );
});

function channelsFirst(images: Float32Array, { input }: Classifier): Float32Array {
  const pixels = input.width * input.height;
  const channels = input.scale.length;
  const turned = new Float32Array(images.length);
  images.forEach((value, i) => {
    const image = Math.floor(i / (pixels * channels));
    const pixel = Math.floor(i / channels) % pixels;
    turned[image * pixels * channels + (i % channels) * pixels + pixel] = value;
  });
  return turned;
}

describe('the tensorflow engine', () => {
  let path: string;
  beforeEach(async () => {
    path = await saveGraphModel(dir, randomFrom(2, 'graph'), { twoOutputs: true });
  });

  it('keeps no tensor of the images that it has seen, and none at all once it is closed', async () => {
    const before = tf.memory().numTensors;
    const classifier = await openTensorflow(await resolveModel('digits'), { device: 'cpu' });
    const images = noise(classifier, 5);
    await classifier.classify(images, 5);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 20; i++) await classifier.classify(images, 5);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await classifier.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says nothing on standard output', async () => {
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(console, 'log'), vi.spyOn(console, 'info')];
    const classifier = await openTensorflow(tinyModel(path, { outputName: 'scores' }), { device: 'cpu' });
    await classifier.warmup();
    await classifier.close();
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('gives the softmax of logits, and picks the output that is named', async () => {
    const scores = await openTensorflow(tinyModel(path, { outputName: 'scores' }), { device: 'cpu' });
    const logits = await openTensorflow(tinyModel(path, { outputName: 'logits', output: 'logits' }), {
      device: 'cpu',
    });
    const images = noise(scores, 6);
    expect(distance(await scores.classify(images, 6), await logits.classify(images, 6))).toBeLessThan(1e-6);
    await scores.close();
    await logits.close();
  });

  it('shows a layers model of a fixed batch its images in such batches', async () => {
    const network = sequential({
      layers: [L.flatten({ batchInputShape: [4, 4, 5, 3] }), L.dense({ units: 3, activation: 'softmax' })],
    });
    const fixed = await saveLayersModel(network, dir);
    const classifier = await openTensorflow(tinyModel(fixed, { format: 'tfjs-layers' }), { device: 'cpu' });
    const images = noise(classifier, 6);
    const rows = await classifier.classify(images, 6);
    expect(rows).toHaveLength(18);
    const last = await classifier.classify(images.slice(300), 1);
    expect(distance(rows.subarray(15), last)).toBe(0);
    await classifier.close();
  });

  it('rejects images of another size', async () => {
    const classifier = await openTensorflow(tinyModel(path, { outputName: 'scores' }), { device: 'cpu' });
    await expect(classifier.classify(new Float32Array(60), 2)).rejects.toThrow(
      /expected 2 images of 60 numbers/,
    );
    await classifier.close();
  });

  it('says how to get the native backend where it is asked for and is missing', async () => {
    const error = await openTensorflow(tinyModel(path), { device: 'cuda:0' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code: 'ERR_DEVICE', exitCode: 2 });
    expect(String(error)).toMatch(
      /cuda:0 here \(.*\)\. (Run npm install @tensorflow\/tfjs-node-gpu|Install CUDA)/,
    );
  });

  it.each<[string, string, () => Promise<Classifier>]>([
    ['an unknown device', 'ERR_DEVICE', () => openTensorflow(tinyModel(path), { device: 'tpu' })],
    [
      'a name of no output',
      'ERR_MODEL_OUTPUT',
      () => openTensorflow(tinyModel(path, { outputName: 'x' }), { device: 'cpu' }),
    ],
    [
      'outputs between which nothing decides',
      'ERR_MODEL_OUTPUT',
      () => openTensorflow(tinyModel(path), { device: 'cpu' }),
    ],
    [
      'a wrong size',
      'ERR_CARD',
      () => {
        const { input } = tinyModel(path);
        return openTensorflow(tinyModel(path, { input: { ...input, width: 9 } }), { device: 'cpu' });
      },
    ],
    [
      'a softmax that is said to be logits',
      'ERR_CARD',
      () => openTensorflow(tinyModel(path, { output: 'logits', outputName: 'scores' }), { device: 'cpu' }),
    ],
    [
      'a wrong number of labels',
      'ERR_LABELS',
      () => openTensorflow(tinyModel(path, { labels: ['a'], outputName: 'scores' }), { device: 'cpu' }),
    ],
    ['a missing model', 'ERR_MODEL_FILE', () => openTensorflow(tinyModel(`${path}.not`), { device: 'cpu' })],
    [
      'truncated weights',
      'ERR_MODEL_FILE',
      async () => {
        await truncate(join(dir, 'weights.bin'), 20);
        return openTensorflow(tinyModel(path), { device: 'cpu' });
      },
    ],
  ])('refuses %s in one sentence, and leaves no tensor behind', async (_, code, opening) => {
    const before = tf.memory().numTensors;
    const error = await opening().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code, message: expect.not.stringContaining('\n') });
    expect(tf.memory().numTensors).toBe(before);
  });
});
