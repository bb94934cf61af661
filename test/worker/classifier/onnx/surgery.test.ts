import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/base/errors.js';
import { tensorLength } from '../../../../protocol/drawing/tensor-spec.js';
import { openClassifier } from '../../../../worker/classifier/open.js';
import type { LoadedModel } from '../../../../worker/model/model.js';
import { loadModel, type ModelOverrides } from '../../../../worker/model/resolve.js';
import { encodeModel, type ModelProto } from '../../../../worker/onnx/file.js';
import { ELEMENT } from '../../../../worker/onnx/tensor.js';
import * as tiny from '../../onnx/tiny-networks.js';
import { classifierConformance, distance, noise } from '../conformance.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-surgery-'));
});
afterAll(() => rm(directory, { recursive: true }));

const ON_CPU = { engine: 'onnx', device: 'cpu' } as const;

let written = 0;
async function modelOf(proto: ModelProto, flags: ModelOverrides = {}): Promise<LoadedModel> {
  const path = join(directory, `tiny-${written++}.onnx`);
  await writeFile(path, encodeModel(proto));
  return loadModel(path, { scale: 1 / 255, ...flags });
}

async function open(proto: ModelProto, flags: ModelOverrides = {}) {
  return openClassifier(await modelOf(proto, flags), ON_CPU);
}

/** What a dense layer without bias and a softmax give, in plain numbers. */
function oracle(image: Float32Array, weightAt: (f: number, c: number) => number): Float32Array {
  const logits = Array.from({ length: tiny.CLASSES }, (_, c) =>
    image.reduce((sum, value, f) => sum + value * weightAt(f, c), 0),
  );
  const powers = logits.map((logit) => Math.exp(logit));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

const cases: [string, () => ModelProto, (f: number, c: number) => number, boolean][] = [
  ['a fixed batch whose shape can be opened', tiny.linear, tiny.weightAt, true],
  ['a fixed batch folded into the features', tiny.folded, tiny.weightAt, false],
  ['channels last', tiny.channelsLast, tiny.weightAt, true],
  ['float16 with trailing 1×1 dimensions', tiny.half, tiny.halfWeightAt, true],
  ['logits and their softmax, both given', tiny.logitsAndSoftmax, tiny.weightAt, true],
  ['a softmax of its own', tiny.certain, tiny.weightAt, true],
];

describe.each(cases)('a network with %s', (_, proto, weightAt, together) => {
  it('gives the confidences that its weights mean, image by image and in batches', async () => {
    const classifier = await open(proto());
    const images = noise(classifier, 7);
    const found = await classifier.classify(images, 7);
    const length = tensorLength(classifier.input);
    for (let i = 0; i < 7; i++) {
      const expected = oracle(images.subarray(i * length, (i + 1) * length), weightAt);
      expect(distance(found.subarray(i * 5, i * 5 + 5), expected)).toBeLessThan(1e-5);
    }
    expect(classifier.batch > 1).toBe(together);
    await classifier.close();
  });

  classifierConformance('of it', () => open(proto()));
});

describe('images that would meet in a batch', () => {
  it('are shown one by one, so that each gets what it gets alone', async () => {
    for (const proto of [tiny.coupled(1), tiny.coupled('N'), tiny.dynamicallyQuantised()]) {
      const classifier = await open(proto);
      expect(classifier.batch).toBe(1);
      await classifier.close();
    }
  });
  classifierConformance('that takes off the mean of its batch', () => open(tiny.coupled(1)));
  classifierConformance('that quantises as it runs', () => open(tiny.dynamicallyQuantised()), {
    gradient: 'rounded',
  });
});

describe('weights in a file of their own', () => {
  it('are read, counted in the digest, and give the same confidences', async () => {
    const { model, data } = tiny.kept('weights.bin');
    await writeFile(join(directory, 'weights.bin'), data);
    const loaded = await modelOf(model);
    expect(loaded.model.files).toEqual([loaded.model.path, join(directory, 'weights.bin')]);
    const [apart, whole] = await Promise.all([openClassifier(loaded, ON_CPU), open(tiny.linear())]);
    const images = noise(whole, 3);
    expect(distance(await apart.classify(images, 3), await whole.classify(images, 3))).toBe(0);
    await Promise.all([apart.close(), whole.close()]);
    await writeFile(join(directory, 'weights.bin'), data.subarray(0, 40));
    await expect(open(model)).rejects.toMatchObject({ code: 'ERR_MODEL_DATA' });
  });

  it('are missed by name where they are not there', async () => {
    const opening = open(tiny.kept('absent.bin').model);
    await expect(opening).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING', exitCode: 2 });
    await expect(opening).rejects.toThrow(/has 2 files, and .*absent\.bin cannot be read \(no such file/);
  });

  it('are not looked for outside of the directory', async () => {
    for (const location of ['../weights.bin', '/etc/passwd', 'a/../../weights.bin']) {
      await expect(modelOf(tiny.kept(location).model)).rejects.toMatchObject({ code: 'ERR_MODEL_DATA' });
    }
  });
});

describe('of several outputs', () => {
  it('the one with a score for each label is taken', async () => {
    const card = join(directory, 'two.yaml');
    await writeFile(card, 'labels: [a, b, c, d, e]\n');
    const classifier = await open(tiny.twoOutputs(9), { card });
    expect(classifier.classes).toBe(5);
    await classifier.close();
  });

  it('the one that is named is taken', async () => {
    const classifier = await open(tiny.twoOutputs(9), { outputName: 'z' });
    expect(classifier.classes).toBe(9);
    await classifier.close();
  });

  it('none is taken where both would do', async () => {
    await expect(modelOf(tiny.twoOutputs(5))).rejects.toMatchObject({ code: 'ERR_MODEL_OUTPUT' });
    await expect(modelOf(tiny.twoOutputs(9), { outputName: 'q' })).rejects.toMatchObject({
      code: 'ERR_MODEL_OUTPUT',
    });
  });
});

describe('a card that contradicts its file is refused:', () => {
  const refused: [string, () => ModelProto, ModelOverrides][] = [
    ['softmax where there are logits', tiny.linear, { output: 'softmax' }],
    ['logits where there is a softmax', tiny.certain, { output: 'logits' }],
    ['another layout', tiny.linear, { layout: 'NHWC' }],
    ['another size', tiny.linear, { width: 8, height: 8 }],
    ['grey for three channels', tiny.linear, { channels: 'grey' }],
    ['two means for three channels', tiny.linear, { mean: [0, 0] }],
  ];
  it.each(refused)('%s', async (_, proto, flags) => {
    const { scale: _scale, ...rest } = { scale: 1, ...flags };
    const path = join(directory, `tiny-${written++}.onnx`);
    await writeFile(path, encodeModel(proto()));
    const opening = loadModel(path, { std: 255, range: 255, ...rest }).then((model) =>
      openClassifier(model, ON_CPU),
    );
    await expect(opening).rejects.toMatchObject({ code: 'ERR_CARD', exitCode: 2 });
  });
});

describe('a file that is no classifier of images is refused:', () => {
  const nodes = [tiny.flatten('x', 'f'), tiny.dense('f', 'y')];
  const weights = [tiny.FLAT, tiny.WEIGHTS];
  const refused: [string, ModelProto][] = [
    [
      'a tensor of five dimensions in',
      tiny.tinyModel({ inputs: [{ name: 'x', dims: [1, 3, 1, 4, 4] }], nodes, weights }),
    ],
    ['five channels in', tiny.tinyModel({ inputs: [{ name: 'x', dims: [1, 5, 4, 4] }], nodes, weights })],
    ['text in', tiny.tinyModel({ inputs: [{ ...tiny.IMAGE, element: 8 }], nodes, weights })],
    ['two inputs', tiny.tinyModel({ inputs: [tiny.IMAGE, { name: 'u', dims: [1] }], nodes, weights })],
    ['an image out', tiny.tinyModel({ outputs: [{ name: 'y', dims: [1, 3, 4, 4] }], nodes, weights })],
    [
      'integers out',
      tiny.tinyModel({ outputs: [{ ...tiny.SCORES, element: ELEMENT.int64 }], nodes, weights }),
    ],
  ];
  it.each(refused)('%s', async (_, proto) => {
    await expect(modelOf(proto)).rejects.toMatchObject({ code: 'ERR_NOT_CLASSIFIER', exitCode: 2 });
  });

  it('an operator that nobody knows', async () => {
    const proto = tiny.tinyModel({ nodes: [tiny.node('Frobnicate', ['x'], 'y')] });
    await expect(open(proto)).rejects.toMatchObject({ code: 'ERR_MODEL_OPEN', exitCode: 2 });
  });

  it('a network that fails as soon as it runs', async () => {
    const proto = tiny.tinyModel({
      inputs: [{ name: 'x', dims: ['N', 3, 4, 'W'] }],
      nodes,
      weights,
    });
    await expect(open(proto, { width: 5 })).rejects.toMatchObject({ code: 'ERR_MODEL_RUN', exitCode: 2 });
  });
});

describe('a device', () => {
  it('that is unknown is refused with those that are known', async () => {
    const model = await modelOf(tiny.linear());
    for (const device of ['gpu', 'cuda:', 'cuda:x', 'CPU', '']) {
      const opening = openClassifier(model, { engine: 'onnx', device });
      await expect(opening).rejects.toThrow(/cpu, webgpu, cuda or cuda:N/);
      await expect(opening).rejects.toBeInstanceOf(BadInputError);
    }
  });
});
