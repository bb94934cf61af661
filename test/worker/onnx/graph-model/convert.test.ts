import { beforeAll, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../../protocol/errors.js';
import { randomFrom } from '../../../../protocol/random.js';
import type { TfjsModel, WeightSpec } from '../../../../worker/classifier/tensorflow/model-files.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertGraph } from '../../../../worker/onnx/graph-model/convert.js';
import { flag, type GraphWriter, graphWriter, text, type, whole, wholes } from './graph-writer.js';
import { declared, expectSame, operatorsOf, runOnnx } from './oracle.js';

beforeAll(useWasm);

const still = { strides: wholes([1, 1, 1, 1]), dilations: wholes([1, 1, 1, 1]), padding: text('SAME') };

/** A network of [6, 6, 3] → 4 classes, with something of the caller's done to its image and to its scores. */
function small(
  {
    head = (_, x) => x,
    tail = (_, y) => y,
    sizes = [-1, 6, 6, 3],
    dtype = 'DT_FLOAT',
  }: {
    readonly head?: (g: GraphWriter, x: string) => string;
    readonly tail?: (g: GraphWriter, y: string) => string;
    readonly sizes?: readonly number[];
    readonly dtype?: string;
  } = {},
  seed = 1,
): TfjsModel {
  const g = graphWriter(randomFrom(seed));
  const x = head(g, g.input(sizes, dtype));
  const pooled = g.node('Mean', [g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], still), g.ints([1, 2])]);
  return g.model([tail(g, g.node('Softmax', [g.node('MatMul', [pooled, g.weights(4, 4)])]))]);
}

function messageOf(model: TfjsModel): string {
  try {
    convertGraph(model);
  } catch (error) {
    if (error instanceof BadInputError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'converted';
}

/** The model with its topology changed by hand. */
function edited(model: TfjsModel, edit: (node: Record<string, unknown>[]) => void): TfjsModel {
  const json = structuredClone(model.json);
  edit((json.modelTopology as { node: Record<string, unknown>[] }).node);
  return { ...model, json };
}

describe('outputs', () => {
  it('are the nodes that nothing follows where there is no signature', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 6, 6, 3]);
    const pooled = g.node('Mean', [x, g.ints([1, 2])]);
    g.node('Softmax', [pooled]);
    g.node('Sigmoid', [pooled]);
    const converted = await expectSame(g.model(), random, { sizes: [6, 6, 3] });
    expect(converted.model.graph.output?.map(({ name }) => name)).toEqual(['Softmax_3', 'Sigmoid_4']);
  });

  it('of one node keep apart, by their ports', async () => {
    const g = graphWriter(randomFrom(1));
    const pooled = g.node('Mean', [g.input([-1, 6, 6, 4]), g.ints([1, 2])]);
    const split = g.node('Split', [g.ints([1], []), pooled], { num_split: whole(2) });
    const converted = convertGraph(g.model([split, `${split}:1`]));
    const image = Float32Array.from({ length: 144 }, (_, i) => i % 4);
    const found = await runOnnx(converted, image, [1, 6, 6, 4]);
    expect(found.map(({ name, data }) => [name, ...data])).toEqual([
      [split, 0, 1],
      [`${split}:1`, 2, 3],
    ]);
  });

  it('follow the signature of the metadata before the other', () => {
    const model = small();
    const nodes = (model.json.modelTopology as { node: { name: string; op: string }[] }).node;
    const inner = nodes.find(({ op }) => op === 'Mean')?.name ?? '';
    const userDefinedMetadata = { signature: { outputs: { features: { name: `${inner}:0` } } } };
    const converted = convertGraph({ ...model, json: { ...model.json, userDefinedMetadata } });
    expect(converted.model.graph.output?.map(({ name }) => name)).toEqual([inner]);
  });

  it('that are written as exponentials over their sum are one softmax', async () => {
    const random = randomFrom(1);
    for (const isShifted of [true, false]) {
      const g = graphWriter(random);
      const pooled = g.node('Mean', [g.input([-1, 6, 6, 3]), g.ints([1, 2])]);
      const logits = g.node('MatMul', [pooled, g.weights(3, 5)]);
      const most = g.node('Max', [logits, g.ints([-1])], { keep_dims: flag(true) });
      const powers = g.node('Exp', [isShifted ? g.node('Sub', [logits, most]) : logits]);
      const sum = g.node('Sum', [powers, g.ints([-1])], { keep_dims: flag(true) });
      const converted = await expectSame(g.model([g.node('RealDiv', [powers, sum])]), random, {
        sizes: [6, 6, 3],
        images: 100,
      });
      expect(operatorsOf(converted)).toEqual({
        GlobalAveragePool: 1,
        Flatten: 1,
        Gemm: 1,
        Softmax: 1,
        Identity: 1,
      });
    }
  });
});

describe('files', () => {
  it('write numbers as strings or as numbers, and text as base64 or as codes', async () => {
    const random = randomFrom(1);
    const model = small();
    const inNumbers = edited(model, (nodes) => {
      for (const { attr } of nodes as { attr: Record<string, Record<string, unknown>> }[]) {
        if (attr.strides) attr.strides = { list: { i: [1, 1, 1, 1] } };
        if (attr.dilations) attr.dilations = { list: { i: [1, 1, 1, 1] } };
        if (attr.padding) attr.padding = { s: [...Buffer.from('SAME')] };
        if (attr.shape) attr.shape = { shape: { dim: [-1, 6, 6, 3].map((size) => ({ size })) } };
        if (attr.dtype) attr.dtype = { type: 1 };
      }
    });
    await expectSame(inNumbers, random, { sizes: [6, 6, 3] });
  });

  it('hold constants in their nodes, as bytes or as a list that leaves repetitions out', async () => {
    const nodes = [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '-1' }, { size: '4' }] } } },
      },
      {
        name: 'a',
        op: 'Const',
        attr: {
          value: {
            tensor: {
              dtype: 'DT_FLOAT',
              tensorShape: { dim: [{ size: '4' }] },
              tensorContent: Buffer.from(Float32Array.of(1, 2, 3, 4).buffer).toString('base64'),
            },
          },
        },
      },
      {
        name: 'b',
        op: 'Const',
        attr: { value: { tensor: { dtype: 1, tensorShape: { dim: [{ size: '4' }] }, floatVal: [5, 6] } } },
      },
      { name: 'm', op: 'Mul', input: ['x:0', 'a', '^b'] },
      { name: 'y', op: 'AddV2', input: ['m', 'b:0', '^x'] },
    ];
    const json = { modelTopology: { node: nodes }, signature: { outputs: { y: { name: 'y' } } } };
    const converted = convertGraph({ format: 'graph', json, specs: [], data: new Uint8Array() });
    const [output] = await runOnnx(converted, Float32Array.of(1, 1, 1, 1), [1, 4]);
    expect([...(output?.data ?? [])]).toEqual([6, 8, 9, 10]);
  });

  it('hold weights in eight, sixteen or half of thirty-two bits, behind strings', async () => {
    const random = randomFrom(3);
    for (const dtype of ['uint8', 'uint16', 'float16'] as const) {
      const model = small();
      const chunks: Buffer[] = [];
      let start = 0;
      const specs = model.specs.map((spec): WeightSpec => {
        const length = spec.shape.reduce((product, size) => product * size, 1);
        const bytes = model.data.slice(start, start + 4 * length);
        start += 4 * length;
        if (spec.dtype !== 'float32') {
          chunks.push(Buffer.from(bytes));
          return spec;
        }
        const levels = Array.from({ length }, () => random.below(dtype === 'uint8' ? 256 : 0x3c00));
        chunks.push(
          Buffer.from(
            dtype === 'uint8' ? Uint8Array.from(levels) : new Uint8Array(Uint16Array.from(levels).buffer),
          ),
        );
        const quantization =
          dtype === 'float16' ? { dtype } : { dtype, scale: dtype === 'uint8' ? 1 / 255 : 1e-4, min: -0.5 };
        return { ...spec, quantization };
      });
      const quantised = { ...model, specs, data: new Uint8Array(Buffer.concat(chunks)) };
      await expectSame(quantised, random, { sizes: [6, 6, 3] });
      const name = Buffer.from([3, 0, 0, 0, ...Buffer.from('cat')]);
      const behind: TfjsModel = {
        ...quantised,
        specs: [{ name: 'names', shape: [1], dtype: 'string' }, ...specs],
        data: new Uint8Array(Buffer.concat([name, quantised.data])),
      };
      expect(convertGraph(behind).model).toEqual(convertGraph(quantised).model);
    }
  });

  it('that are broken are said to be', () => {
    const model = small();
    expect(messageOf({ ...model, json: { modelTopology: { node: [] } } })).toMatch(/^ERR_MODEL_FILE: /);
    const lost = edited(model, (nodes) => nodes.splice(1, 1));
    expect(messageOf(lost)).toMatch(/^ERR_MODEL_FILE: .* takes "Const_1", which is not in it/);
    const round = edited(model, (nodes) => {
      const first = nodes.find(({ op }) => op === 'Conv2D');
      const last = nodes.find(({ op }) => op === 'Softmax');
      if (first) first.input = [last?.name, 'Const_1'];
    });
    expect(messageOf(round)).toMatch(/^ERR_MODEL_FILE: .* waits for itself/);
    expect(messageOf({ ...model, specs: [], data: new Uint8Array() })).toMatch(/"Const_\d+" has no weights/);
  });
});

describe('the batch', () => {
  it('is opened where the model fixes it', async () => {
    for (const batch of [1, 4]) {
      const random = randomFrom(batch);
      const g = graphWriter(random);
      const x = g.input([batch, 6, 6, 3]);
      const flat = g.node('Reshape', [
        g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], still),
        g.ints([batch, -1]),
      ]);
      const y = g.node('Reshape', [g.node('MatMul', [flat, g.weights(144, 5)]), g.ints([batch, 5])]);
      const model = g.model([y]);
      const converted = await expectSame(model, random, { sizes: [6, 6, 3], images: batch });
      expect(declared(converted)).toEqual(['N', 5]);
      const image = Float32Array.from({ length: 108 }, () => random.uniform());
      const seven = Float32Array.from({ length: 7 * 108 }, (_, i) => image[i % 108] ?? 0);
      const [one] = await runOnnx(converted, image, [1, 6, 6, 3]);
      const [all] = await runOnnx(converted, seven, [7, 6, 6, 3]);
      expect(all?.data.slice(-5)).toEqual(one?.data);
    }
  });

  it('is opened where the model takes all of it', () => {
    const model = small({
      sizes: [1, 6, 6, 3],
      tail: (g, y) => g.node('Slice', [y, g.ints([0, 1]), g.ints([1, 2])]),
    });
    expect(declared(convertGraph(model))).toEqual(['N', 2]);
  });

  it('is put back where a model for one image takes it out', async () => {
    const random = randomFrom(1);
    for (const squeeze_dims of [[0], []]) {
      const model = small({
        sizes: [1, 6, 6, 3],
        tail: (g, y) => g.node('Relu', [g.node('Squeeze', [y], { squeeze_dims: wholes(squeeze_dims) })]),
      });
      const converted = convertGraph(model);
      expect(declared(converted)).toEqual(['N', 4]);
      const image = Float32Array.from({ length: 108 }, () => random.uniform());
      const other = Float32Array.from({ length: 108 }, () => random.uniform());
      const [both] = await runOnnx(converted, Float32Array.of(...image, ...other), [2, 6, 6, 3]);
      const [first] = await runOnnx(converted, image, [1, 6, 6, 3]);
      expect(both?.dims).toEqual([2, 4]);
      expect(both?.data.slice(0, 4)).toEqual(first?.data);
    }
  });

  it('stays as it is where an operator needs it so', async () => {
    const random = randomFrom(1);
    const squeezed = (g: GraphWriter, y: string) => g.node('Squeeze', [y], { squeeze_dims: wholes([0]) });
    for (const tail of [
      (g: GraphWriter, y: string) => g.node('Max', [y, g.ints([0])], { keep_dims: flag(true) }),
      // Over what would be all images.
      (g: GraphWriter, y: string) =>
        g.node('ExpandDims', [g.node('Softmax', [squeezed(g, y)]), g.ints([0], [])]),
    ]) {
      const converted = await expectSame(small({ sizes: [1, 6, 6, 3], tail }), random, {
        sizes: [6, 6, 3],
        images: 1,
      });
      expect(declared(converted)).toEqual([1, 4]);
    }
  });

  it('is not mixed', () => {
    const mixed = small({ tail: (g, y) => g.node('Mean', [y, g.ints([0])]) });
    expect(messageOf(mixed)).toMatch(
      /^ERR_LAYER_OPTION: .* Mean \(node "Mean_\d+"\) .* mixes the images of a batch/,
    );
    const first = small({
      tail: (g, y) =>
        g.node('StridedSlice', [y, g.ints([0]), g.ints([1]), g.ints([1])], { shrink_axis_mask: whole(1) }),
    });
    expect(messageOf(first)).toMatch(/takes one image out of a batch/);
  });
});

describe('inputs', () => {
  it('whose height and width are open take those that are asked for', async () => {
    const model = small({ sizes: [-1, -1, -1, 3] });
    expect(messageOf(model)).toMatch(/^ERR_LAYER_OPTION: The model leaves the height and the width .*--size/);
    const { original, model: onnx } = convertGraph(model, { width: 8, height: 5 });
    expect(original).toEqual({ dims: [undefined, undefined, undefined, 3], layout: 'NHWC' });
    const dims = onnx.graph.input?.[0]?.type?.tensorType?.shape?.dim?.map(({ dimValue }) => dimValue);
    expect(dims).toEqual([undefined, 3, 5, 8]);
  });

  it('have the shape that the signature says, where their node says none', () => {
    const model = edited(small(), (nodes) => {
      const { attr } = nodes[0] as { attr: Record<string, unknown> };
      attr.shape = { shape: { unknownRank: true } };
    });
    expect(messageOf(model)).toMatch(
      /^ERR_LAYER_OPTION: The model does not say of what shape its input is .*--size/,
    );
    const tensorShape = { dim: [-1, 6, 6, 3].map((size) => ({ size: String(size) })) };
    const signature = {
      ...(model.json.signature as object),
      inputs: { image: { name: 'Placeholder_0:0', tensorShape } },
    };
    const { original } = convertGraph({ ...model, json: { ...model.json, signature } });
    expect(original.dims).toEqual([undefined, 6, 6, 3]);
  });

  it('that say a phase of training beside are fed with none', async () => {
    const g = graphWriter(randomFrom(1));
    const x = g.input([-1, 6, 6, 3]);
    const phase = g.node('Placeholder', [], { dtype: type('DT_BOOL'), shape: { shape: {} } });
    const sides = g.node('Switch', [x, phase]);
    const training = g.node('SomethingOfTraining', [`${sides}:1`]);
    const merged = g.node('Merge', [g.node('Relu', [sides]), training]);
    const y = g.node('Mean', [merged, g.ints([1, 2])]);
    const converted = convertGraph(g.model([y]));
    const { Relu } = operatorsOf(converted);
    expect(Relu).toBe(1);
  });

  it('of several images are refused, with their names', () => {
    const g = graphWriter(randomFrom(1));
    const [a, b] = [g.input([-1, 6, 6, 3]), g.input([-1, 6, 6, 3])];
    const y = g.node('Mean', [g.node('AddV2', [a, b]), g.ints([1, 2])]);
    expect(messageOf(g.model([y]))).toBe(
      'ERR_LAYER_INPUTS: The model takes 2 inputs (Placeholder_0, Placeholder_1), where Atoll feeds one image. Export a model that takes one image.',
    );
  });

  it('have their channels where the operators look for them, when both ends could be channels', () => {
    const layoutOf = (order: number[]) => {
      const g = graphWriter(randomFrom(1));
      const x = g.input([-1, 3, 8, 3]);
      const image = order.length > 0 ? g.node('Transpose', [x, g.ints(order)]) : x;
      const y = g.node('Mean', [g.node('Conv2D', [image, g.weights(3, 3, 3, 4)], still), g.ints([1, 2])]);
      return convertGraph(g.model([y])).original.layout;
    };
    expect([layoutOf([0, 2, 3, 1]), layoutOf([])]).toEqual(['NCHW', 'NHWC']);
  });

  const scalar = (value: number) => (g: GraphWriter) => g.floats([value], []);
  it.each<[string, boolean, (g: GraphWriter, x: string) => string]>([
    ['x', false, (_, x) => x],
    ['x / 255', true, (g, x) => g.node('RealDiv', [x, scalar(255)(g)])],
    [
      'x · 1/127.5 − 1',
      true,
      (g, x) => g.node('Sub', [g.node('Mul', [x, scalar(1 / 127.5)(g)]), scalar(1)(g)]),
    ],
    ['2 x − 1', false, (g, x) => g.node('Sub', [g.node('Mul', [x, scalar(2)(g)]), scalar(1)(g)])],
    ['x − ImageNet mean of 0 … 1', false, (g, x) => g.node('Sub', [x, g.floats([0.485, 0.456, 0.406])])],
    [
      'BGR − ImageNet mean of bytes',
      true,
      (g, x) =>
        g.node('BiasAdd', [g.node('ReverseV2', [x, g.ints([-1])]), g.floats([-103.9, -116.8, -123.7])]),
    ],
    [
      '255 x − mean',
      false,
      (g, x) => g.node('Sub', [g.node('Mul', [x, scalar(255)(g)]), g.floats([123, 116, 103])]),
    ],
    [
      'resized, then x / 255',
      true,
      (g, x) => g.node('Mul', [g.node('ResizeBilinear', [x, g.ints([4, 4])]), scalar(1 / 255)(g)]),
    ],
    [
      'normalised with a mean of bytes',
      true,
      (g, x) =>
        g.node('FusedBatchNormV3', [
          x,
          g.positive(3),
          g.weights(3),
          g.floats([120, 118, 99]),
          g.floats([4000, 4000, 4000]),
        ]),
    ],
  ])('%s: takes bytes is %s', (_, expected, head) => {
    expect(convertGraph(small({ head })).takesBytes).toBe(expected);
  });
});

describe('refusals', () => {
  it('name the operator, the node and the way out', () => {
    const model = small({ tail: (g, y) => g.node('TopKV2', [y, g.ints([2], [])]) });
    expect(messageOf(model)).toBe(
      'ERR_LAYER_CLASS: The model has an operator that Atoll cannot convert: TopKV2 (node "TopKV2_9"). Run this model with --engine tensorflow.',
    );
  });

  it('of a graph that runs other graphs name what runs them', () => {
    const model = small({ tail: (g, y) => g.node('StatelessWhile', [y]) });
    expect(messageOf(model)).toMatch(/cannot convert: StatelessWhile \(node "StatelessWhile_\d+"\)/);
  });

  it('of a loop, whose operators take what comes after them, name what closes it', () => {
    const model = edited(
      small({ tail: (g, y) => g.node('NextIteration', [g.node('Merge', [y, y])]) }),
      (nodes) => {
        const merge = nodes.find(({ op }) => op === 'Merge');
        const next = nodes.find(({ op }) => op === 'NextIteration');
        if (merge) merge.input = [(merge.input as string[])[0], next?.name];
      },
    );
    expect(messageOf(model)).toMatch(/^ERR_LAYER_CLASS: .*NextIteration/);
  });

  it('do not concern what no output needs', () => {
    const g = graphWriter(randomFrom(1));
    const x = g.input([-1, 6, 6, 3]);
    g.node('HashTableV2', []);
    g.node('SomethingOfTraining', [x]);
    expect(messageOf(g.model([g.node('Mean', [x, g.ints([1, 2])])]))).toBe('converted');
  });

  it('say which way of using an operator is meant', () => {
    const model = small({ head: (g, x) => g.node('Reshape', [x, g.ints([-1, 5, 5, 3])]) });
    expect(messageOf(model)).toMatch(
      /^ERR_LAYER_OPTION: .*Reshape \(node "Reshape_\d+"\).*\[-1, 5, 5, 3\] of \[N, 6, 6, 3\]\. Run this/,
    );
  });
});
