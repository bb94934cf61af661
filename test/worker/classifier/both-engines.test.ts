import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  input,
  layers as L,
  type LayersModel,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openModel } from '../../../worker/classifier/open.js';
import { useWasm } from '../../../worker/classifier/tensorflow/wasm.js';
import { inspectModel } from '../../../worker/model/inspect.js';
import type { ModelOverrides } from '../../../worker/model/resolve.js';
import { saveLayersModel } from '../tfjs/layers-model/saved-models.js';
import { distance, noise } from './conformance.js';

/** What people's layers models are, whichever engine runs them. */

let dir: string;
beforeAll(async () => {
  await useWasm();
  dir = await mkdtemp(join(tmpdir(), 'atoll-engines-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const onImages = (...rest: ReturnType<typeof L.dense>[]) =>
  sequential({ layers: [L.flatten({ inputShape: [4, 5, 3] }), ...rest] });

/** Two answers to one picture: one of eight ages, one of two genders. */
function twoAnswers(): LayersModel {
  const image = input({ shape: [4, 5, 1] });
  const features = L.flatten().apply(image);
  const head = (name: string, units: number) =>
    L.dense({ name, units, activation: 'softmax' }).apply(features);
  return model({ inputs: image, outputs: [head('age', 8), head('gender', 2)].flat() as SymbolicTensor[] });
}

const UNIT = { scale: 1 / 255 };

interface Case {
  readonly network: () => LayersModel;
  readonly flags?: ModelOverrides;
  readonly wanted: { readonly output: string; readonly classes: number };
  /** Of each row; absent: any sum. */
  readonly sum?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  'five sigmoids': {
    network: () => onImages(L.dense({ units: 5, activation: 'sigmoid' })),
    wanted: { output: 'sigmoid', classes: 5 },
  },
  'one sigmoid': {
    network: () => onImages(L.dense({ units: 1, activation: 'sigmoid' })),
    wanted: { output: 'sigmoid', classes: 2 },
    sum: 1,
  },
  'one logit': {
    network: () => onImages(L.dense({ units: 1 })),
    wanted: { output: 'logits', classes: 2 },
    sum: 1,
  },
  logits: {
    network: () => onImages(L.dense({ units: 3 })),
    wanted: { output: 'logits', classes: 3 },
    sum: 1,
  },
  'images without channels': {
    network: () =>
      sequential({
        layers: [L.flatten({ inputShape: [6, 5] }), L.dense({ units: 3, activation: 'softmax' })],
      }),
    wanted: { output: 'softmax', classes: 3 },
    sum: 1,
  },
  'images as a row': {
    network: () => sequential({ layers: [L.dense({ inputShape: [49], units: 3, activation: 'softmax' })] }),
    wanted: { output: 'softmax', classes: 3 },
    sum: 1,
  },
  'the output that is named': {
    network: twoAnswers,
    flags: { outputName: 'age' },
    wanted: { output: 'softmax', classes: 8 },
    sum: 1,
  },
};

describe.each(Object.entries(CASES))('a layers model of %s', (_, { network, flags, wanted, sum }) => {
  it('means the same on both engines, and has the same gradient', async () => {
    const path = await saveLayersModel(network(), dir);
    const rows: Float32Array[] = [];
    const gradients: Float32Array[] = [];
    for (const engine of ['onnx', 'tensorflow'] as const) {
      const { model, classifier } = await openModel(path, { ...UNIT, ...flags }, { engine, device: 'cpu' });
      expect({ output: model.output, classes: classifier.classes }).toEqual(wanted);
      // Of one colour, so that its layout does not matter.
      const images = grey(noise(classifier, 5), classifier.input.scale.length);
      rows.push(await classifier.classify(images, 5));
      const wantedClasses = Array.from({ length: 5 }, (_, i) => i % wanted.classes);
      const found = await classifier.gradient?.(images, 5, wantedClasses);
      gradients.push(channelsLast(found?.gradient ?? new Float32Array(), classifier));
      await classifier.close();
    }
    const [onnx = new Float32Array(), tensorflow = new Float32Array()] = rows;
    expect(distance(onnx, tensorflow)).toBeLessThan(1e-5);
    const [one = new Float32Array(), other = new Float32Array()] = gradients;
    const greatest = one.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expect(greatest).toBeGreaterThan(0);
    expect(distance(one, other) / greatest).toBeLessThan(1e-4);
    for (let i = 0; i < 5 && sum !== undefined; i++) {
      const row = onnx.subarray(i * wanted.classes, (i + 1) * wanted.classes);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(sum, 4);
    }
  });
});

/** [5, …] in NHWC, whatever the layout of the classifier. */
function channelsLast(values: Float32Array, { input }: Classifier): Float32Array {
  if (input.layout === 'NHWC') return values;
  const pixels = input.width * input.height;
  const channels = input.scale.length;
  const length = pixels * channels;
  return values.map((_, i) => {
    const within = i % length;
    return values[i - within + (within % channels) * pixels + Math.floor(within / channels)] ?? 0;
  });
}

/** Every image in one tone, but each in another. */
function grey(images: Float32Array, channels: number): Float32Array {
  const length = images.length / 5;
  return images.map((_, i) => images[Math.floor(i / length) * length + channels] ?? 0);
}

it('outputs are shown under the names that --output-name takes', async () => {
  const { outputs, classifier, problem } = await inspectModel(await saveLayersModel(twoAnswers(), dir));
  expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['age', [null, 8]],
    ['gender', [null, 2]],
  ]);
  expect([classifier, problem]).toEqual([null, expect.stringMatching(/age.*gender.*--output-name/)]);
});

it('an output that there is not is refused, with those that there are', async () => {
  const path = await saveLayersModel(twoAnswers(), dir);
  for (const engine of ['onnx', 'tensorflow'] as const) {
    const opening = openModel(path, { ...UNIT, outputName: 'nonsense' }, { engine, device: 'cpu' });
    await expect(opening).rejects.toThrow(/"nonsense".*age.*gender.*--output-name/);
  }
});

describe('a network that cannot be converted', () => {
  const recurrent = () =>
    sequential({
      layers: [
        L.lstm({ inputShape: [6, 5], units: 4, recurrentInitializer: 'glorotUniform' }),
        L.dense({ units: 3, activation: 'softmax', name: 'digits' }),
      ],
    });

  it('is refused on onnx by its layer, with the flag that helps', async () => {
    const opening = openModel(await saveLayersModel(recurrent(), dir), UNIT, {
      engine: 'onnx',
      device: 'cpu',
    });
    await expect(opening).rejects.toThrow(/LSTM.*--engine tensorflow/);
  });

  it('runs on TensorFlow.js, with the output that is named', async () => {
    const path = await saveLayersModel(recurrent(), dir);
    for (const outputName of [undefined, 'digits']) {
      const flags = { ...UNIT, outputName };
      const { model, classifier } = await openModel(path, flags, { engine: 'tensorflow', device: 'cpu' });
      expect([model.output, classifier.classes]).toEqual(['softmax', 3]);
      await classifier.close();
    }
    const opening = openModel(
      path,
      { ...UNIT, outputName: 'letters' },
      { engine: 'tensorflow', device: 'cpu' },
    );
    await expect(opening).rejects.toThrow(/"letters".*--output-name/);
  });
});
