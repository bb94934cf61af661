import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { float, int, ints } from '../../../../worker/onnx/builder.js';
import type { NodeProto, OnnxModel, TensorProto } from '../../../../worker/onnx/file.js';
import { gradientName, reverseMode, seedName } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { ELEMENT, floatTensor } from '../../../../worker/onnx/tensor.js';
import { tinyModel } from '../tiny-networks.js';
import { between, op, sessionOf, type Values } from './finite-differences.js';

/** An operator on bytes, and the one on real numbers that it stands for: from x to y. */
interface Twins {
  readonly name: string;
  readonly bytes: readonly NodeProto[];
  readonly reals: readonly NodeProto[];
  /** Of x; [1, 2, 4, 4] by default. */
  readonly dims?: readonly number[];
}

const microsoft = (node: NodeProto): NodeProto => ({ ...node, domain: 'com.microsoft' });
/** Bytes stand for (byte − 128) / 64. */
const GRAIN = 1 / 64;
const enter = op('QuantizeLinear', ['x', 's', 'z'], 'q');
const leave = op('DequantizeLinear', ['r', 's', 'z'], 'y');
const between8 = (operator: string, inputs: string[], attributes = {}) => [
  enter,
  microsoft(op(operator, inputs, 'r', attributes)),
  leave,
];
const POOL = { kernel_shape: ints([3, 2]), strides: ints([2, 1]), pads: ints([1, 0, 0, 1]) };

/** Weights as bytes, w = (byte − 3) / 100, one scale; and as real numbers. */
const WEIGHTS = Array.from({ length: 16 }, (_, i) => ((i * 37) % 101) - 50);
const bytes = (name: string, dims: number[], values: readonly number[]): TensorProto => ({
  name,
  dims,
  dataType: ELEMENT.int8,
  rawData: Uint8Array.from(values),
});
const reals = (name: string, dims: number[]) =>
  floatTensor(
    name,
    dims,
    Float32Array.from(WEIGHTS, (each) => (each - 3) / 100),
  );

const CONSTANTS: readonly TensorProto[] = [
  floatTensor('s', [], Float32Array.of(GRAIN)),
  { name: 'z', dims: [], dataType: ELEMENT.uint8, rawData: Uint8Array.of(128) },
  floatTensor('hundredth', [], Float32Array.of(0.01)),
  bytes('wz', [], [3]),
  bytes('wb', [4, 4], WEIGHTS),
  reals('wr', [4, 4]),
  bytes('kb', [2, 2, 2, 2], WEIGHTS),
  reals('kr', [2, 2, 2, 2]),
];

/** What DynamicQuantizeLinear and a product of integers make of x, as real numbers. */
const dynamic = (product: NodeProto) => [
  op('DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz']),
  product,
  op('Cast', ['i'], 'f', { to: int(ELEMENT.float) }),
  op('Mul', ['qs', 'hundredth'], 'scale'),
  op('Mul', ['f', 'scale'], 'y'),
];

const TWINS: readonly Twins[] = [
  {
    name: 'QLinearConcat',
    bytes: between8('QLinearConcat', ['s', 'z', 'q', 's', 'z', 'q', 's', 'z'], { axis: int(1) }),
    reals: [op('Concat', ['x', 'x'], 'y', { axis: int(1) })],
  },
  {
    name: 'QLinearAveragePool',
    bytes: between8('QLinearAveragePool', ['q', 's', 'z', 's', 'z'], POOL),
    reals: [op('AveragePool', ['x'], 'y', POOL)],
  },
  {
    name: 'QLinearMul',
    bytes: between8('QLinearMul', ['q', 's', 'z', 'q', 's', 'z', 's', 'z']),
    reals: [op('Mul', ['x', 'x'], 'y')],
  },
  {
    name: 'QLinearSigmoid',
    bytes: between8('QLinearSigmoid', ['q', 's', 'z', 's', 'z']),
    reals: [op('Sigmoid', ['x'], 'y')],
  },
  {
    name: 'QLinearLeakyRelu',
    bytes: between8('QLinearLeakyRelu', ['q', 's', 'z', 's', 'z'], { alpha: float(0.3) }),
    reals: [op('LeakyRelu', ['x'], 'y', { alpha: float(0.3) })],
  },
  {
    name: 'MatMulInteger',
    bytes: dynamic(op('MatMulInteger', ['q', 'wb', 'qz', 'wz'], 'i')),
    reals: [op('MatMul', ['x', 'wr'], 'y')],
    dims: [2, 3, 4],
  },
  {
    name: 'ConvInteger',
    bytes: dynamic(op('ConvInteger', ['q', 'kb', 'qz', 'wz'], 'i', { pads: ints([1, 0, 1, 0]) })),
    reals: [op('Conv', ['x', 'kr'], 'y', { pads: ints([1, 0, 1, 0]) })],
  },
];

async function gradientOf(nodes: readonly NodeProto[], { dims, data }: Values): Promise<number[]> {
  const model = tinyModel({
    inputs: [{ name: 'x', dims }],
    outputs: [{ name: 'y', dims: [] }],
    nodes,
    weights: CONSTANTS,
  });
  const { graph } = model as OnnxModel;
  const untold = { ...model, graph: { ...graph, output: [{ name: 'y' }] } };
  const x = new Tensor('float32', data, dims);
  const forward = await sessionOf(untold);
  const y = (await forward.run({ x })).y;
  await forward.release();
  const seed = new Tensor(
    'float32',
    Float32Array.from({ length: y?.data.length ?? 0 }, (_, i) => Math.sin(1 + i)),
    y?.dims,
  );
  const session = await sessionOf(reverseMode(untold, { output: 'y', withRespectTo: ['x'] }));
  const results = await session.run({ x, [seedName('y')]: seed });
  await session.release();
  return Array.from(results[gradientName('x')]?.data as Float32Array);
}

describe('the gradient of an operator on bytes is, but for rounding, that of the numbers which they stand for:', () => {
  it.each(TWINS)('$name', async ({ name, bytes: quantised, reals: real, dims = [1, 2, 4, 4] }) => {
    const x = between(randomFrom(1, name), dims, -0.9, 0.9);
    const [found, wanted] = [await gradientOf(quantised, x), await gradientOf(real, x)];
    const scale = Math.max(...wanted.map(Math.abs));
    wanted.forEach((each, i) => {
      expect(Math.abs((found[i] ?? Number.NaN) - each)).toBeLessThan(0.03 * scale);
    });
  });
});
