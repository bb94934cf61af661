import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';
import { type GraphWriter, graphWriter, type } from './graph-writer.js';
import { still } from './options.js';
import { operatorsOf } from './oracle.js';
import { edited, refusalOf, small } from './small-network.js';

describe('inputs', () => {
  it('whose height and width are open take those that are asked for', async () => {
    const model = small({ sizes: [-1, -1, -1, 3] });
    expect(refusalOf(model)).toMatch(/^ERR_LAYER_OPTION: The model leaves the height and the width .*--size/);
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
    expect(refusalOf(model)).toMatch(
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
    expect(refusalOf(g.model([y]))).toBe(
      'ERR_LAYER_INPUTS: The model takes 2 inputs (Placeholder_0, Placeholder_1), where Atoll feeds one image. Export a model that takes one image.',
    );
  });

  it('have their channels where the operators look for them, when both ends could be channels', () => {
    const layoutOf = (order: number[]) => {
      const g = graphWriter(randomFrom(1));
      const x = g.input([-1, 3, 8, 3]);
      const image = order.length > 0 ? g.node('Transpose', [x, g.ints(order)]) : x;
      const y = g.node('Mean', [
        g.node('Conv2D', [image, g.weights(3, 3, 3, 4)], still('SAME')),
        g.ints([1, 2]),
      ]);
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
      'x / 255 in a shape that is computed from its own',
      true,
      (g, x) => {
        const scaled = g.node('RealDiv', [x, scalar(255)(g)]);
        return g.node('Reshape', [scaled, g.node('Shape', [x])]);
      },
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
