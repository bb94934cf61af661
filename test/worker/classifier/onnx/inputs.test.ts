import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../../worker/classifier/open.js';
import type { ModelOverrides } from '../../../../worker/model/resolve.js';
import { encodeModel, type ModelProto, type NodeProto } from '../../../../worker/onnx/file.js';
import type { OutputKind } from '../../../../worker/onnx/output-kind.js';
import { ELEMENT, floatTensor, integerTensor } from '../../../../worker/onnx/tensor.js';
import { node, type Port, tinyModel } from '../../onnx/tiny-networks.js';
import { distance, noise } from '../conformance.js';

/** Networks that take images and give scores in the shapes and types that people's exports have. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-inputs-'));
});
afterAll(() => rm(directory, { recursive: true }));

let written = 0;
async function open(proto: ModelProto, flags: ModelOverrides = {}) {
  const path = join(directory, `net-${written++}.onnx`);
  await writeFile(path, encodeModel(proto));
  return openModel(path, flags, { engine: 'onnx', device: 'cpu' });
}

const weightAt = (f: number, c: number) => Math.sin(1 + 5 * f + c) / 8;
const weightsOf = (features: number, width: number) =>
  Float32Array.from({ length: features * width }, (_, i) => weightAt(Math.floor(i / width), i % width));

/** A dense layer over all numbers of an image, then `tail`. */
function denseNetwork(
  input: Port,
  features: number,
  {
    width = 4,
    output = {},
    head = [],
    tail = [],
  }: { width?: number; output?: Partial<Port>; head?: NodeProto[]; tail?: NodeProto[] } = {},
): ModelProto {
  const fed = head.at(-1)?.output?.[0] ?? 'x';
  const rows = input.dims.length === 4 ? (input.dims[0] ?? 1) : 1;
  const fixed = !input.dims.includes('N');
  return tinyModel({
    inputs: [input],
    outputs: [{ name: 'y', dims: [fixed ? rows : 'N', width], ...output }],
    nodes: [
      ...head,
      node('Reshape', [fed, 'flat'], 'f'),
      node('MatMul', ['f', 'w'], tail.length === 0 ? 'y' : 'g'),
      ...tail,
    ],
    weights: [
      integerTensor('flat', [fixed ? Number(rows) : -1, features]),
      floatTensor('w', [features, width], weightsOf(features, width)),
    ],
  });
}

/** The scores of each image in plain numbers. */
function scoresOf(images: Float32Array, features: number, width: number): number[][] {
  return Array.from({ length: images.length / features }, (_, i) =>
    Array.from({ length: width }, (_, c) =>
      images
        .subarray(i * features, (i + 1) * features)
        .reduce((sum, value, f) => sum + value * Math.fround(weightAt(f, c)), 0),
    ),
  );
}

const KINDS: Readonly<Record<OutputKind, (row: readonly number[]) => number[]>> = {
  logits(row) {
    const powers = row.map((x) => Math.exp(x - Math.max(...row)));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  },
  softmax: (row) => [...row],
  sigmoid: (row) => [...row],
  'sigmoid-logits': (row) => row.map((x) => 1 / (1 + Math.exp(-x))),
};

const UNIT = { scale: 1 / 255 };

type Case = readonly [what: string, proto: ModelProto, features: number, spec: object, flags: ModelOverrides];

const INPUTS: readonly Case[] = [
  [
    'grey images without channels',
    denseNetwork({ name: 'x', dims: ['N', 7, 6] }, 42),
    42,
    { width: 6, height: 7, channels: 'grey' },
    {},
  ],
  [
    'grey images without channels, one a call',
    denseNetwork({ name: 'x', dims: [1, 7, 6] }, 42),
    42,
    { width: 6, height: 7, channels: 'grey' },
    {},
  ],
  [
    'grey images as a row',
    denseNetwork({ name: 'x', dims: ['N', 49] }, 49),
    49,
    { width: 7, height: 7, channels: 'grey' },
    {},
  ],
  [
    'colour images as a row',
    denseNetwork({ name: 'x', dims: ['N', 75] }, 75),
    75,
    { width: 5, height: 5, channels: 'RGB', layout: 'NHWC' },
    {},
  ],
  [
    'colour images as a row, channel by channel',
    denseNetwork({ name: 'x', dims: ['N', 75] }, 75),
    75,
    { width: 5, height: 5, layout: 'NCHW' },
    { layout: 'NCHW' },
  ],
  [
    'a row that is no square',
    denseNetwork({ name: 'x', dims: ['N', 42] }, 42),
    42,
    { width: 6, height: 7, channels: 'grey' },
    { width: 6, height: 7 },
  ],
  [
    'a square row that is said to be colour',
    denseNetwork({ name: 'x', dims: ['N', 144] }, 144),
    144,
    { width: 12, height: 4, channels: 'RGB' },
    { width: 12, height: 4, channels: 'RGB' },
  ],
  [
    'an image without a batch',
    denseNetwork({ name: 'x', dims: [3, 5, 4] }, 60),
    60,
    { width: 4, height: 5, layout: 'NCHW' },
    {},
  ],
  [
    'an image without a batch, channels last',
    denseNetwork({ name: 'x', dims: [5, 4, 3] }, 60),
    60,
    { width: 4, height: 5, layout: 'NHWC' },
    {},
  ],
  [
    'a grey image without batch and channels',
    denseNetwork({ name: 'x', dims: [5, 4] }, 20),
    20,
    { width: 4, height: 5, channels: 'grey' },
    {},
  ],
  ['a batch of four', denseNetwork({ name: 'x', dims: [4, 3, 5, 4] }, 60), 60, { width: 4, height: 5 }, {}],
  [
    'a batch of four that cannot be opened',
    denseNetwork({ name: 'x', dims: [4, 3, 5, 4] }, 60, { head: [node('Expand', ['x', 'four'], 'e')] }),
    60,
    { width: 4, height: 5 },
    {},
  ],
];

function withFour(proto: ModelProto): ModelProto {
  const { graph } = proto;
  return {
    ...proto,
    graph: { ...graph, initializer: [...(graph?.initializer ?? []), integerTensor('four', [4, 3, 5, 4])] },
  };
}

describe.each(INPUTS)('a network that takes %s', (_, proto, features, spec, flags) => {
  it('gives the confidences that its weights mean, image by image and together', async () => {
    const { classifier } = await open(withFour(proto), { ...UNIT, ...flags });
    expect(classifier.input).toMatchObject(spec);
    const images = noise(classifier, 7);
    const wanted = Float32Array.from(scoresOf(images, features, 4).flatMap(KINDS.logits));
    expect(distance(await classifier.classify(images, 7), wanted)).toBeLessThan(1e-5);
    for (let i = 0; i < 7; i++) {
      const alone = await classifier.classify(images.slice(i * features, (i + 1) * features), 1);
      expect(distance(alone, wanted.subarray(4 * i, 4 * i + 4))).toBeLessThan(1e-5);
    }
    await classifier.close();
  });
});

const INTEGERS = ['uint8', 'int32', 'int64', 'uint16'] as const;

describe.each(INTEGERS)('a network that takes %s', (element) => {
  it('gets bytes without a word on preprocessing', async () => {
    const head = [
      node('Cast', ['x'], 'c', { name: 'to', type: 2, i: ELEMENT.float }),
      node('Mul', ['c', 'k'], 'm'),
    ];
    const proto = denseNetwork({ name: 'x', dims: ['N', 3, 4, 5], element: ELEMENT[element] }, 60, { head });
    proto.graph?.initializer?.push(floatTensor('k', [], Float32Array.of(1 / 255)));
    const { classifier } = await open(proto);
    expect(classifier.input).toMatchObject({ scale: [1, 1, 1], offset: [0, 0, 0] });
    const bytes = noise(classifier, 5).map(Math.floor);
    const wanted = scoresOf(
      bytes.map((byte) => byte / 255),
      60,
      4,
    ).flatMap(KINDS.logits);
    expect(distance(await classifier.classify(bytes, 5), Float32Array.from(wanted))).toBeLessThan(1e-5);
    await classifier.close();
  });
});

describe('a network of doubles', () => {
  it('gives what its weights mean', async () => {
    const doubles = Float64Array.from(weightsOf(60, 4));
    const proto = denseNetwork({ name: 'x', dims: ['N', 3, 4, 5], element: ELEMENT.double }, 60, {
      output: { element: ELEMENT.double },
    });
    const weights = {
      name: 'w',
      dataType: ELEMENT.double,
      dims: [60, 4],
      rawData: new Uint8Array(doubles.buffer),
    };
    const { classifier } = await open(
      { ...proto, graph: { ...proto.graph, initializer: [integerTensor('flat', [-1, 60]), weights] } },
      UNIT,
    );
    const images = noise(classifier, 5);
    const wanted = Float32Array.from(scoresOf(images, 60, 4).flatMap(KINDS.logits));
    expect(distance(await classifier.classify(images, 5), wanted)).toBeLessThan(1e-5);
    await classifier.close();
  });
});

const IMAGE = { name: 'x', dims: ['N', 3, 4, 5] };
const SIGMOID = [node('Sigmoid', ['g'], 'y')];

describe('the kind of output', () => {
  const kinds: [string, ModelProto, ModelOverrides, OutputKind, OutputKind][] = [
    [
      'several sigmoids are independent confidences',
      denseNetwork(IMAGE, 60, { tail: SIGMOID }),
      {},
      'sigmoid',
      'sigmoid-logits',
    ],
    [
      'scores are what --output says they are',
      denseNetwork(IMAGE, 60),
      { output: 'sigmoid-logits' },
      'sigmoid-logits',
      'sigmoid-logits',
    ],
    ['logits are found by a product at the end', denseNetwork(IMAGE, 60), {}, 'logits', 'logits'],
    [
      'a softmax written as a division is found by its values',
      denseNetwork(IMAGE, 60, {
        tail: [node('Exp', ['g'], 'e'), node('ReduceSum', ['e', 'axis'], 's'), node('Div', ['e', 's'], 'y')],
      }),
      {},
      'softmax',
      'logits',
    ],
  ];
  it.each(kinds)('%s', async (_, proto, flags, kind, meaning) => {
    proto.graph?.initializer?.push(integerTensor('axis', [1]));
    const { classifier } = await open(proto, { ...UNIT, ...flags });
    expect(classifier.output).toBe(kind);
    const images = noise(classifier, 5);
    const wanted = Float32Array.from(scoresOf(images, 60, 4).flatMap(KINDS[meaning]));
    expect(distance(await classifier.classify(images, 5), wanted)).toBeLessThan(1e-5);
    await classifier.close();
  });

  it.each([
    ['one sigmoid', SIGMOID, {}],
    ['one logit', [], {}],
    ['one score that is said to be a logit', [], { output: 'logits' }],
  ] as const)('of %s is two classes, 1 − p and p', async (_, tail, flags) => {
    const { model, classifier } = await open(denseNetwork(IMAGE, 60, { width: 1, tail: [...tail] }), {
      ...UNIT,
      ...flags,
    });
    expect([model.labels.length, classifier.classes]).toEqual([2, 2]);
    const images = noise(classifier, 5);
    const p = scoresOf(images, 60, 1).flatMap(KINDS['sigmoid-logits']);
    const wanted = Float32Array.from(p.flatMap((each) => [1 - each, each]));
    expect(distance(await classifier.classify(images, 5), wanted)).toBeLessThan(1e-5);
    await classifier.close();
  });

  it('that was inferred is told, with the flag that says otherwise', async () => {
    const { model } = await open(denseNetwork(IMAGE, 60, { tail: SIGMOID }), UNIT);
    expect(model.notes.join()).toMatch(/independent confidences.*--output/);
    const said = await open(denseNetwork(IMAGE, 60, { tail: SIGMOID }), { ...UNIT, output: 'sigmoid' });
    expect(said.model.notes).toEqual([]);
  });

  it('that contradicts its values is refused with what to type', async () => {
    const opening = open(denseNetwork(IMAGE, 60), { ...UNIT, output: 'sigmoid' });
    await expect(opening).rejects.toThrow(/--output logits/);
    const softmax = open(denseNetwork(IMAGE, 60, { tail: [node('Softmax', ['g'], 'y')] }), {
      ...UNIT,
      output: 'sigmoid-logits',
    });
    await expect(softmax).rejects.toThrow(/--output softmax/);
  });
});

describe('a network of scikit-learn', () => {
  it('gives its probabilities, under its own class names', async () => {
    const maps = {
      opType: 'ZipMap',
      domain: 'ai.onnx.ml',
      input: ['p'],
      output: ['probabilities'],
      attribute: [
        {
          name: 'classlabels_strings',
          type: 8,
          strings: ['a', 'b', 'c', 'd'].map((text) => Buffer.from(text)),
        },
      ],
    };
    const proto = denseNetwork({ name: 'x', dims: ['N', 49] }, 49, {
      tail: [
        node('Softmax', ['g'], 'p'),
        node('ArgMax', ['p'], 'label', { name: 'axis', type: 2, i: 1 }),
        maps,
      ],
    });
    const float = { tensorType: { elemType: ELEMENT.float } };
    const mapType = { mapType: { keyType: 8, valueType: float } };
    const { graph } = proto;
    const { model, classifier } = await open(
      {
        ...proto,
        opsetImport: [...(proto.opsetImport ?? []), { domain: 'ai.onnx.ml', version: 1 }],
        graph: {
          ...graph,
          output: [
            {
              name: 'label',
              type: { tensorType: { elemType: ELEMENT.int64, shape: { dim: [{ dimParam: 'N' }] } } },
            },
            { name: 'probabilities', type: { sequenceType: { elemType: mapType } } },
          ],
        },
      },
      { scale: 1 / 16 },
    );
    expect(model.labels).toEqual(['a', 'b', 'c', 'd']);
    const images = noise(classifier, 5);
    const wanted = Float32Array.from(scoresOf(images, 49, 4).flatMap(KINDS.logits));
    expect(distance(await classifier.classify(images, 5), wanted)).toBeLessThan(1e-5);
    await classifier.close();
  });
});

describe('a network that is blind', () => {
  it('is refused: no picture can fool it', async () => {
    const proto = denseNetwork(IMAGE, 60);
    const dead = floatTensor('w', [60, 4], new Float32Array(240));
    const blind = open(
      { ...proto, graph: { ...proto.graph, initializer: [integerTensor('flat', [-1, 60]), dead] } },
      UNIT,
    );
    await expect(blind).rejects.toMatchObject({ code: 'ERR_MODEL_BLIND', exitCode: 2 });
  });

  it('is told from one that is merely certain', async () => {
    // Ever so sure of one class for anything bright, of another for black alone.
    const proto = denseNetwork(IMAGE, 60, {
      tail: [node('Clip', ['g', 'low', 'high'], 'h'), node('Softmax', ['h'], 'y')],
    });
    proto.graph?.initializer?.push(
      floatTensor('low', [], Float32Array.of(-1)),
      floatTensor('high', [], Float32Array.of(1)),
    );
    const { classifier } = await open(proto, { scale: 1000 });
    await classifier.close();
  });
});
