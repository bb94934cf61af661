import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import {
  flag,
  type GraphWriter,
  graphWriter,
  real,
  text,
  texts,
  type,
  whole,
  wholes,
} from './graph-writer.js';
import { declared, expectSame, operatorsOf } from './oracle.js';

beforeAll(useWasm);

const moving = (strides: number, padding = 'SAME') => ({
  strides: wholes([1, strides, strides, 1]),
  padding: text(padding),
  data_format: text('NHWC'),
  dilations: wholes([1, 1, 1, 1]),
});

const withFused = (...steps: string[]) => ({
  fused_ops: texts(steps),
  num_args: whole(1),
  epsilon: real(0),
});

/** The blocks of MobileNet V1 as the converter's optimiser leaves them. */
function separable(g: GraphWriter, x: string, inputs: number, outputs: number, strides: number): string {
  const depthwise = g.node('FusedDepthwiseConv2dNative', [x, g.weights(3, 3, inputs, 1), g.weights(inputs)], {
    ...moving(strides),
    ...withFused('BiasAdd', 'Relu6'),
  });
  return g.node('_FusedConv2D', [depthwise, g.weights(1, 1, inputs, outputs), g.weights(outputs)], {
    ...moving(1),
    ...withFused('BiasAdd', 'Relu6'),
  });
}

describe('whole networks give what TensorFlow.js gives', () => {
  it('a LeNet as Keras exports it, with a Transpose before its dense layers and nowhere else', async () => {
    const random = randomFrom(1);
    const g = graphWriter(random);
    const x = g.input([-1, 28, 28, 1]);
    const fusedRelu = withFused('BiasAdd', 'Relu');
    const c1 = g.node('_FusedConv2D', [x, g.weights(5, 5, 1, 6), g.weights(6)], {
      ...moving(1),
      ...fusedRelu,
    });
    const p1 = g.node('MaxPool', [c1], { ...moving(2, 'VALID'), ksize: wholes([1, 2, 2, 1]) });
    const c2 = g.node('_FusedConv2D', [p1, g.weights(5, 5, 6, 16), g.weights(16)], {
      ...moving(1, 'VALID'),
      ...fusedRelu,
    });
    const p2 = g.node('MaxPool', [c2], { ...moving(2, 'VALID'), ksize: wholes([1, 2, 2, 1]) });
    const flat = g.node('Reshape', [p2, g.ints([-1, 400])]);
    const d1 = g.node('_FusedMatMul', [flat, g.weights(400, 32), g.weights(32)], fusedRelu);
    const d2 = g.node('_FusedMatMul', [d1, g.weights(32, 10), g.weights(10)], withFused('BiasAdd'));
    const y = g.node('Identity', [g.node('Softmax', [d2])]);
    const converted = await expectSame(g.model([y]), random, { sizes: [28, 28, 1], images: 100 });
    expect(declared(converted)).toEqual(['N', 10]);
    expect(operatorsOf(converted)).toEqual({
      Conv: 2,
      Relu: 3,
      MaxPool: 2,
      Transpose: 1,
      Reshape: 1,
      Gemm: 2,
      Softmax: 1,
      Identity: 1,
    });
    expect(converted.original).toEqual({ dims: [undefined, 28, 28, 1], layout: 'NHWC' });
    expect(converted.takesBytes).toBe(false);
  });

  it('a MobileNet V1 with fused operators, without a single Transpose', async () => {
    const random = randomFrom(2);
    const g = graphWriter(random);
    const x = g.input([-1, 48, 48, 3]);
    let y = g.node('_FusedConv2D', [x, g.weights(3, 3, 3, 8), g.weights(8)], {
      ...moving(2),
      ...withFused('BiasAdd', 'Relu6'),
    });
    y = separable(g, y, 8, 16, 1);
    y = separable(g, y, 16, 24, 2);
    const pooled = g.node('Mean', [y, g.ints([1, 2])], { keep_dims: flag(true) });
    const logits = g.node('_FusedConv2D', [pooled, g.weights(1, 1, 24, 11), g.weights(11)], {
      ...moving(1),
      ...withFused('BiasAdd'),
    });
    const squeezed = g.node('Squeeze', [logits], { squeeze_dims: wholes([1, 2]) });
    const converted = await expectSame(g.model([g.node('Softmax', [squeezed])]), random, {
      sizes: [48, 48, 3],
      images: 100,
    });
    expect(declared(converted)).toEqual(['N', 11]);
    expect(operatorsOf(converted)).toEqual({
      Conv: 6,
      Clip: 5,
      GlobalAveragePool: 1,
      Reshape: 1,
      Softmax: 1,
      Identity: 1,
    });
  });

  it('a MobileNet V2 whose normalisations and biases stand by themselves, with additions and a border', async () => {
    const random = randomFrom(3);
    const g = graphWriter(random);
    const normalised = (value: string, channels: number) =>
      g.node(
        'FusedBatchNormV3',
        [value, g.positive(channels), g.weights(channels), g.weights(channels), g.positive(channels)],
        { epsilon: real(0.001), is_training: flag(false), data_format: text('NHWC') },
      );
    const x = g.input([-1, 32, 32, 3], 'DT_FLOAT');
    const scaled = g.node('Sub', [g.node('Mul', [x, g.floats([1 / 127.5], [])]), g.floats([1], [])]);
    const padded = g.node('Pad', [scaled, g.ints([0, 0, 0, 1, 0, 1, 0, 0], [4, 2])]);
    const stem = g.node('Conv2D', [padded, g.weights(3, 3, 3, 8)], moving(2, 'VALID'));
    const head = g.node('Relu6', [normalised(stem, 8)]);
    const wide = g.node('Relu6', [
      normalised(g.node('Conv2D', [head, g.weights(1, 1, 8, 16)], moving(1)), 16),
    ]);
    const deep = g.node('DepthwiseConv2dNative', [wide, g.weights(3, 3, 16, 1)], moving(1));
    const thin = normalised(
      g.node('Conv2D', [g.node('Relu6', [normalised(deep, 16)]), g.weights(1, 1, 16, 8)], moving(1)),
      8,
    );
    const sum = g.node('AddV2', [head, thin]);
    const pooled = g.node('Mean', [sum, g.ints([1, 2])], { keep_dims: flag(false) });
    const logits = g.node('BiasAdd', [g.node('MatMul', [pooled, g.weights(8, 5)]), g.weights(5)]);
    const converted = await expectSame(g.model([g.node('Softmax', [logits])]), random, {
      sizes: [32, 32, 3],
      images: 100,
      least: 0,
      most: 255,
    });
    expect(converted.takesBytes).toBe(true);
    const { Transpose, Gemm, Add } = operatorsOf(converted);
    expect({ Transpose, Gemm, Add }).toEqual({ Transpose: undefined, Gemm: 1, Add: 1 });
  });

  it('one converted from PyTorch: channels first and a batch of 1, a Transpose at its head and at its flattening', async () => {
    const random = randomFrom(4);
    const g = graphWriter(random);
    const x = g.input([1, 3, 32, 32]);
    const last = g.node('Transpose', [x, g.ints([0, 2, 3, 1])]);
    const border = g.node('Pad', [last, g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2])]);
    const c1 = g.node('_FusedConv2D', [border, g.weights(3, 3, 3, 8), g.weights(8)], {
      ...moving(1, 'VALID'),
      ...withFused('BiasAdd', 'Relu'),
    });
    const lowest = g.node('PadV2', [
      c1,
      g.ints([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]),
      g.floats([-3.4028234663852886e38], []),
    ]);
    const pooled = g.node('MaxPool', [lowest], { ...moving(2, 'VALID'), ksize: wholes([1, 3, 3, 1]) });
    const first = g.node('Transpose', [pooled, g.ints([0, 3, 1, 2])]);
    const flat = g.node('Reshape', [first, g.ints([1, 8 * 16 * 16])]);
    const y = g.node('AddV2', [
      g.node('MatMul', [flat, g.weights(10, 2048)], { transpose_b: flag(true) }),
      g.weights(1, 10),
    ]);
    const converted = await expectSame(g.model([y]), random, { sizes: [3, 32, 32], images: 1 });
    expect(converted.original).toEqual({ dims: [1, 3, 32, 32], layout: 'NCHW' });
    expect(declared(converted)).toEqual(['N', 10]);
    expect(operatorsOf(converted)).toEqual({
      Conv: 1,
      Relu: 1,
      MaxPool: 1,
      Reshape: 1,
      Gemm: 1,
      Identity: 1,
    });
  });

  it('one whose flattening is computed from its shape', async () => {
    const random = randomFrom(5);
    const g = graphWriter(random);
    const x = g.input([-1, 9, 7, 3]);
    const c1 = g.node('BiasAdd', [g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], moving(2)), g.weights(4)]);
    const sizes = g.node('Shape', [c1], { out_type: type('DT_INT32') });
    const part = (from: number, to: number, shrink: number, end = 0) =>
      g.node('StridedSlice', [sizes, g.ints([from]), g.ints([to]), g.ints([1])], {
        shrink_axis_mask: whole(shrink),
        end_mask: whole(end),
      });
    const length = g.node('Prod', [part(1, 0, 0, 1), g.ints([0])], { keep_dims: flag(false) });
    const flat = g.node('Reshape', [c1, g.node('Pack', [part(0, 1, 1), length])]);
    const again = g.node('Reshape', [
      g.node('Relu', [flat]),
      g.node('Pack', [part(0, 1, 1), g.ints([5], []), g.ints([4], []), g.ints([4], [])]),
    ]);
    const pooled = g.node('Max', [again, g.ints([1, 2])]);
    const y = g.node('Softmax', [g.node('MatMul', [pooled, g.weights(4, 6)])]);
    const converted = await expectSame(g.model([y]), random, { sizes: [9, 7, 3], images: 100 });
    expect(declared(converted)).toEqual(['N', 6]);
  });

  it('one with several outputs, of which one is an inner layer, in the order of the signature', async () => {
    const random = randomFrom(6);
    const g = graphWriter(random);
    const x = g.input([-1, 8, 8, 3]);
    const c1 = g.node('Relu', [g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], moving(1))]);
    const pooled = g.node('Mean', [c1, g.ints([1, 2])]);
    const gender = g.node('Sigmoid', [g.node('MatMul', [pooled, g.weights(4, 1)])]);
    const age = g.node('Softmax', [g.node('MatMul', [pooled, g.weights(4, 7)])]);
    const converted = await expectSame(g.model([age, c1, gender]), random, { sizes: [8, 8, 3], images: 100 });
    expect([0, 1, 2].map((i) => declared(converted, i))).toEqual([
      ['N', 7],
      ['N', 8, 8, 4],
      ['N', 1],
    ]);
  });

  it('a sigmoid head on a flat input', async () => {
    const random = randomFrom(7);
    const g = graphWriter(random);
    const x = g.input([-1, 784]);
    const image = g.node('Reshape', [x, g.ints([-1, 28, 28, 1])]);
    const c1 = g.node('Elu', [g.node('Conv2D', [image, g.weights(3, 3, 1, 4)], moving(2, 'VALID'))]);
    const flat = g.node('Reshape', [c1, g.ints([-1, 676])]);
    const y = g.node('Sigmoid', [
      g.node('BiasAdd', [g.node('MatMul', [flat, g.weights(676, 5)]), g.weights(5)]),
    ]);
    const converted = await expectSame(g.model([y]), random, { sizes: [784], images: 100 });
    expect(operatorsOf(converted).Sigmoid).toBe(1);
    expect(converted.original.dims).toEqual([undefined, 784]);
  });

  it('images of rank 3 with no axis of channels', async () => {
    const random = randomFrom(8);
    const g = graphWriter(random);
    const x = g.input([-1, 28, 28]);
    const scaled = g.node('RealDiv', [x, g.floats([255], [])]);
    const flat = g.node('Reshape', [scaled, g.ints([-1, 784])]);
    const y = g.node('Softmax', [g.node('MatMul', [flat, g.weights(784, 10)])]);
    const converted = await expectSame(g.model([y]), random, {
      sizes: [28, 28],
      images: 100,
      most: 255,
      least: 0,
    });
    expect(converted.takesBytes).toBe(true);
    const { Transpose } = operatorsOf(converted);
    expect(Transpose).toBe(undefined);
  });

  it('a network of bytes, which casts them itself', async () => {
    const random = randomFrom(9);
    const g = graphWriter(random);
    const x = g.input([1, 16, 16, 3], 'DT_UINT8');
    const floats = g.node('Cast', [x], { SrcT: type('DT_UINT8'), DstT: type('DT_FLOAT') });
    const scaled = g.node('Mul', [floats, g.floats([1 / 255], [])]);
    const pooled = g.node('Mean', [
      g.node('Conv2D', [scaled, g.weights(3, 3, 3, 4)], moving(1)),
      g.ints([1, 2]),
    ]);
    const y = g.node('Softmax', [g.node('MatMul', [pooled, g.weights(4, 3)])]);
    const converted = await expectSame(g.model([y]), random, {
      sizes: [16, 16, 3],
      images: 1,
      least: 0,
      most: 255,
      whole: true,
    });
    expect(converted.takesBytes).toBe(true);
    expect(declared(converted)).toEqual(['N', 3]);
  });
});
