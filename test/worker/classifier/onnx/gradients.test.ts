import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClassifier } from '../../../../worker/classifier/open.js';
import { loadModel, type ModelOverrides } from '../../../../worker/model/resolve.js';
import { int, ints } from '../../../../worker/onnx/builder.js';
import {
  encodeModel,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../../../worker/onnx/file.js';
import { ELEMENT, floatTensor, integerTensor } from '../../../../worker/onnx/tensor.js';
import { op } from '../../onnx/gradient/finite-differences.js';
import * as tiny from '../../onnx/tiny-networks.js';
import { noise } from '../conformance.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-gradients-'));
});
afterAll(() => rm(directory, { recursive: true }));

const { CLASSES, FEATURES, SIDE } = tiny;

/** A network that is linear in its numbers, whatever it is written in. */
interface Variant {
  readonly name: string;
  readonly model: ModelProto;
  readonly flags?: ModelOverrides;
  /** The weight from number f of the image, as it is fed, to class c. */
  readonly weightAt?: (f: number, c: number) => number;
  /** A file beside the model. */
  readonly beside?: { readonly name: string; readonly data: Uint8Array };
}

const of = (dims: (number | string)[], element: number = ELEMENT.float): tiny.Port[] => [
  { name: 'x', dims, element },
];
const scores = (...dims: (number | string)[]): tiny.Port[] => [{ name: 'y', dims }];
const OPEN = integerTensor('open', [-1, FEATURES]);
const flat = op('Reshape', ['x', 'open'], 'f');
const logits = op('MatMul', ['f', 'w'], 'y');
const written = (model: ModelProto, version: number): ModelProto => ({
  ...model,
  opsetImport: [{ domain: '', version }],
});
const openModel = (nodes: readonly NodeProto[], more: Partial<tiny.TinyNetwork> = {}) =>
  tiny.tinyModel({
    inputs: of(['N', 3, SIDE, SIDE]),
    outputs: scores('N', CLASSES),
    weights: [OPEN, tiny.WEIGHTS],
    ...more,
    nodes,
  });
const constant = (tensor: TensorProto) =>
  op('Constant', [], tensor.name ?? '', { value: { type: 4, t: tensor } });
const kept = tiny.kept('weights.bin');
const doubles: TensorProto = {
  name: 'w',
  dims: [FEATURES, CLASSES],
  dataType: ELEMENT.double,
  rawData: new Uint8Array(
    Float64Array.from({ length: FEATURES * CLASSES }, (_, i) =>
      tiny.weightAt(Math.floor(i / CLASSES), i % CLASSES),
    ).buffer,
  ),
};
/** Mean over each channel's pixels, and weights of channels. */
const channelWeight = (channel: number, c: number) => tiny.weightAt(channel, c);
const sides = (side: number) => side * side;

const VARIANTS: readonly Variant[] = [
  { name: 'a batch of one', model: tiny.linear() },
  { name: 'a batch of one that cannot be opened', model: tiny.folded() },
  { name: 'an open batch', model: openModel([flat, logits]) },
  {
    name: 'a batch of four',
    model: openModel([flat, logits], { inputs: of([4, 3, SIDE, SIDE]), outputs: scores(4, CLASSES) }),
  },
  {
    name: 'a batch of four that cannot be opened',
    model: openModel([op('Reshape', ['x', 'four'], 'g'), op('Reshape', ['g', 'open'], 'f'), logits], {
      inputs: of([4, 3, SIDE, SIDE]),
      outputs: scores(4, CLASSES),
      weights: [OPEN, integerTensor('four', [4 * FEATURES]), tiny.WEIGHTS],
    }),
  },
  {
    name: 'no batch',
    model: openModel([op('Reshape', ['x', 'all'], 'f'), logits], {
      inputs: of([3, SIDE, SIDE]),
      outputs: scores(CLASSES),
      weights: [integerTensor('all', [FEATURES]), tiny.WEIGHTS],
    }),
  },
  ...[7, 9, 11, 12, 13, 15, 18, 21].map((version) => ({
    name: `operator set ${version}`,
    model: written(
      openModel([
        flat,
        op('Dropout', ['f'], 'd'),
        op('MatMul', ['d', 'w'], 'z'),
        op('Softmax', ['z'], 'y', { axis: int(1) }),
      ]),
      version,
    ),
  })),
  {
    name: 'weights that are listed among the inputs',
    model: {
      ...openModel([flat, logits], {
        inputs: [
          ...of(['N', 3, SIDE, SIDE]),
          { name: 'w', dims: [FEATURES, CLASSES] },
          { name: 'open', dims: [2], element: ELEMENT.int64 },
        ],
      }),
      irVersion: 3,
    },
  },
  {
    name: 'weights in Constant nodes',
    model: openModel([constant(OPEN), constant(tiny.WEIGHTS), flat, logits], { weights: [] }),
  },
  { name: 'weights in another file', model: kept.model, beside: { name: 'weights.bin', data: kept.data } },
  { name: 'float16', model: tiny.half(), weightAt: tiny.halfWeightAt },
  {
    name: 'doubles',
    model: openModel([flat, logits], {
      inputs: of(['N', 3, SIDE, SIDE], ELEMENT.double),
      outputs: [{ name: 'y', dims: ['N', CLASSES], element: ELEMENT.double }],
      weights: [OPEN, doubles],
    }),
  },
  { name: 'logits and their softmax', model: tiny.logitsAndSoftmax() },
  { name: 'two outputs', model: tiny.twoOutputs(7), flags: { outputName: 'y' } },
  {
    name: 'scores of shape [N, 5, 1, 1]',
    model: openModel([op('Conv', ['x', 'k'], 'y')], {
      outputs: scores('N', CLASSES, 1, 1),
      weights: [floatTensor('k', [CLASSES, 3, SIDE, SIDE], transposedWeights())],
    }),
  },
  {
    name: 'scores of shape [N, 1, 1, 5]',
    model: openModel(
      [
        op('Conv', ['x', 'k'], 'z'),
        op('Transpose', ['z'], 't', { perm: ints([0, 2, 3, 1]) }),
        op('Softmax', ['t'], 'y', { axis: int(-1) }),
      ],
      {
        outputs: scores('N', 1, 1, CLASSES),
        weights: [floatTensor('k', [CLASSES, 3, SIDE, SIDE], transposedWeights())],
      },
    ),
  },
  { name: 'channels last', model: tiny.channelsLast() },
  {
    name: 'bytes, which the graph turns into what it computes with',
    model: openModel(
      [
        op('Cast', ['x'], 'r', { to: int(ELEMENT.float) }),
        op('Sub', ['r', 'mean'], 's'),
        op('Div', ['s', 'deviation'], 'n'),
        op('Transpose', ['n'], 't', { perm: ints([0, 3, 1, 2]) }),
        op('Reshape', ['t', 'open'], 'f'),
        logits,
      ],
      {
        inputs: of(['N', SIDE, SIDE, 3], ELEMENT.uint8),
        weights: [
          OPEN,
          tiny.WEIGHTS,
          floatTensor('mean', [3], Float32Array.of(120, 115, 100)),
          floatTensor('deviation', [], Float32Array.of(50)),
        ],
      },
    ),
    flags: { scale: 1 },
    weightAt: (f, c) => tiny.weightAt((f % 3) * SIDE * SIDE + Math.floor(f / 3), c) / 50,
  },
  {
    name: 'sides that are open',
    model: openModel([op('GlobalAveragePool', ['x'], 'g'), op('Flatten', ['g'], 'f'), logits], {
      inputs: of(['N', 3, 'H', 'W']),
      weights: [floatTensor('w', [3, CLASSES], channelWeights())],
    }),
    flags: { width: 6, height: 6 },
    weightAt: (f, c) => channelWeight(Math.floor(f / sides(6)), c) / sides(6),
  },
];

function transposedWeights(): Float32Array {
  return Float32Array.from({ length: FEATURES * CLASSES }, (_, i) =>
    tiny.weightAt(i % FEATURES, Math.floor(i / FEATURES)),
  );
}

function channelWeights(): Float32Array {
  return Float32Array.from({ length: 3 * CLASSES }, (_, i) =>
    tiny.weightAt(Math.floor(i / CLASSES), i % CLASSES),
  );
}

describe('the gradient of a classifier is that of its weights, for a network with', () => {
  it.each(VARIANTS)('$name', async ({ name, model, flags = {}, weightAt = tiny.weightAt, beside }) => {
    const place = await mkdtemp(join(directory, 'case-'));
    await writeFile(join(place, 'model.onnx'), encodeModel(model));
    if (beside) await writeFile(join(place, beside.name), beside.data);
    const loaded = await loadModel(join(place, 'model.onnx'), { scale: 1 / 255, ...flags });
    const classifier = await openClassifier(loaded, { engine: 'onnx', device: 'cpu' });
    const images = noise(classifier, 6);
    const wanted = [0, 1, 2, 3, 4, 0];
    const found = await classifier.gradient?.(images, 6, wanted);
    const length = images.length / 6;
    for (const [image, classId] of wanted.entries()) {
      const p = found?.confidences.subarray(image * CLASSES, (image + 1) * CLASSES) ?? new Float32Array();
      const oracle = Array.from({ length }, (_, f) =>
        p.reduce((sum, each, c) => sum + (each - (c === classId ? 1 : 0)) * weightAt(f, c), 0),
      );
      const own = found?.gradient.subarray(image * length, (image + 1) * length) ?? new Float32Array();
      const scale = Math.max(...oracle.map(Math.abs));
      oracle.forEach((each, f) => {
        expect(Math.abs((own[f] ?? Number.NaN) - each), `${name}, image ${image}`).toBeLessThan(1e-3 * scale);
      });
    }
    await classifier.close();
  });
});
