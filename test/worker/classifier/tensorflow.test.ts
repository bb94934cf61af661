import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openClassifier } from '../../../worker/classifier/open.js';
import { openTensorflow } from '../../../worker/classifier/tensorflow/tensorflow.js';
import type { Model } from '../../../worker/model/model.js';
import { loadModel } from '../../../worker/model/resolve.js';
import { saveLayersModel } from '../tfjs/layers-model/saved-models.js';
import { readTfjsModel } from '../tfjs/read-model.js';
import { classifierConformance, distance, noise } from './conformance.js';
import { saveGraphModel, tinyModel } from './tensorflow-models.js';

const MOBILENET = '../shared/models/tfjs/mobilenet_v1_0.25_224';
const LABELS = '../shared/imagenet/labels.json';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-tensorflow-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A tiny model that lies at `path`, of which `said` is said. */
async function openTiny(path: string, said: Partial<Model> = {}, device = 'cpu'): Promise<Classifier> {
  return openTensorflow(tinyModel(path, said), await readTfjsModel(path), { device });
}

const ON_WASM = { engine: 'tensorflow', device: 'cpu' } as const;

classifierConformance('tensorflow: digits on wasm', async () =>
  openClassifier(await loadModel('digits'), ON_WASM),
);
classifierConformance('tensorflow: a graph model on wasm', async () =>
  openTiny(await saveGraphModel(dir, randomFrom(1, 'graph'))),
);
classifierConformance('tensorflow: a graph model of a fixed batch on wasm', async () =>
  openTiny(await saveGraphModel(dir, randomFrom(1, 'graph'), { batch: 3 })),
);
classifierConformance(
  'tensorflow: MobileNet on wasm',
  async () => openClassifier(await loadModel(MOBILENET, { labels: LABELS }), ON_WASM),
  {
    skip: existsSync(MOBILENET) ? undefined : 'needs ../shared/models',
    tolerance: 1e-5,
  },
);

describe('tensorflow and onnx', () => {
  async function expectAgreement(reference: string, labels?: string): Promise<void> {
    const model = await loadModel(reference, { labels });
    const a = await openClassifier(model, ON_WASM);
    const b = await openClassifier(model, { engine: 'onnx', device: 'cpu' });
    const images = noise(a, 4);
    const expected = await a.classify(images, 4);
    const found = await b.classify(a.input.layout === b.input.layout ? images : channelsFirst(images, a), 4);
    await a.close();
    await b.close();
    expect(distance(found, expected)).toBeLessThan(1e-5);
  }

  it('agree on digits to 1e-5', () => expectAgreement('digits'));

  it('agree on how each pixel of a digit counts', async () => {
    const model = await loadModel('digits');
    const classIds = [3, 1, 4, 1];
    const gradients: Float32Array[] = [];
    for (const options of [ON_WASM, { engine: 'onnx', device: 'cpu' } as const]) {
      const classifier = await openClassifier(model, options);
      const found = await classifier.gradient?.(noise(classifier, 4), 4, classIds);
      gradients.push(found?.gradient ?? new Float32Array());
      await classifier.close();
    }
    const [a = new Float32Array(), b = new Float32Array()] = gradients;
    const greatest = a.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expect(greatest).toBeGreaterThan(0);
    expect(distance(a, b) / greatest).toBeLessThan(1e-4);
  });
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
    const classifier = await openClassifier(await loadModel('digits'), ON_WASM);
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
    const classifier = await openTiny(path, { outputName: 'scores' });
    await classifier.warmup();
    await classifier.close();
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('gives the softmax of logits, and picks the output that is named', async () => {
    const scores = await openTiny(path, { outputName: 'scores' });
    const logits = await openTiny(path, { outputName: 'logits', output: 'logits' });
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
    const classifier = await openTiny(fixed, { format: 'tfjs-layers' });
    const images = noise(classifier, 6);
    const rows = await classifier.classify(images, 6);
    expect(rows).toHaveLength(18);
    const last = await classifier.classify(images.slice(300), 1);
    expect(distance(rows.subarray(15), last)).toBe(0);
    await classifier.close();
  });

  it('rejects images of another size', async () => {
    const classifier = await openTiny(path, { outputName: 'scores' });
    await expect(classifier.classify(new Float32Array(60), 2)).rejects.toThrow(
      /expected 2 images of 60 numbers/,
    );
    await classifier.close();
  });

  it('says how to get the native backend where it is asked for and is missing', async () => {
    const error = await openTiny(path, {}, 'cuda:0').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code: 'ERR_DEVICE', exitCode: 2 });
    expect(String(error)).toMatch(
      /cuda:0 here \(.*\)\. (Run npm install @tensorflow\/tfjs-node-gpu|Install CUDA)/,
    );
  });

  it.each<[string, string, () => Promise<Classifier>]>([
    ['an unknown device', 'ERR_DEVICE', () => openTiny(path, {}, 'tpu')],
    ['a name of no output', 'ERR_MODEL_OUTPUT', () => openTiny(path, { outputName: 'x' })],
    ['outputs between which nothing decides', 'ERR_MODEL_OUTPUT', () => openTiny(path)],
    [
      'a wrong size',
      'ERR_CARD',
      () => {
        const { input } = tinyModel(path);
        return openTiny(path, { input: { ...input, width: 9 } });
      },
    ],
    [
      'a softmax that is said to be logits',
      'ERR_CARD',
      () => openTiny(path, { output: 'logits', outputName: 'scores' }),
    ],
    ['a wrong number of labels', 'ERR_LABELS', () => openTiny(path, { labels: ['a'], outputName: 'scores' })],
    [
      'a missing model',
      'ERR_MODEL_MISSING',
      async () => openClassifier(await loadModel(`${path}.not`), ON_WASM),
    ],
    [
      'truncated weights',
      'ERR_MODEL_FILE',
      async () => {
        await truncate(join(dir, 'weights.bin'), 20);
        return openTiny(path);
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
