import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type AttributeMap, float, text } from '../../../../worker/onnx/builder.js';
import { floatTensor } from '../../../../worker/onnx/tensor.js';
import { apart, between, expectGradient, op, type SmallGraph } from './finite-differences.js';

/** Over numbers from −2 to 2, or those given. */
interface Case {
  readonly name: string;
  readonly reach?: number;
  readonly attributes?: AttributeMap;
  readonly range?: readonly [number, number];
  readonly opset?: number;
}

const CASES: readonly Case[] = [
  { name: 'Relu' },
  { name: 'LeakyRelu', attributes: { alpha: float(0.3) } },
  { name: 'LeakyRelu' },
  { name: 'Elu', attributes: { alpha: float(0.7) } },
  { name: 'Celu', attributes: { alpha: float(0.7) } },
  { name: 'Selu' },
  { name: 'ThresholdedRelu', attributes: { alpha: float(0.5) } },
  { name: 'Sigmoid' },
  { name: 'Tanh' },
  { name: 'HardSigmoid', attributes: { alpha: float(0.4), beta: float(0.42) } },
  { name: 'HardSigmoid', reach: 4 },
  { name: 'HardSwish', reach: 4 },
  { name: 'Softplus' },
  { name: 'Softsign' },
  { name: 'Mish', opset: 18 },
  { name: 'Gelu', opset: 20 },
  { name: 'Gelu', opset: 20, attributes: { approximate: text('tanh') } },
  { name: 'Erf' },
  { name: 'Exp' },
  { name: 'Log', range: [0.3, 2] },
  { name: 'Sqrt', range: [0.3, 2] },
  { name: 'Reciprocal', range: [0.5, 2] },
  { name: 'Neg' },
  { name: 'Abs' },
  { name: 'Sin' },
  { name: 'Cos' },
  { name: 'Tan', range: [-1, 1] },
  { name: 'Asin', range: [-0.7, 0.7] },
  { name: 'Acos', range: [-0.7, 0.7] },
  { name: 'Atan' },
  { name: 'Sinh' },
  { name: 'Cosh' },
  { name: 'Asinh' },
  { name: 'Acosh', range: [1.2, 3] },
  { name: 'Atanh', range: [-0.7, 0.7] },
  { name: 'Shrink', attributes: { lambd: float(0.7), bias: float(0.3) } },
];

describe('the gradient of', () => {
  it.each(CASES)(
    '$name is that of finite differences',
    async ({ name, attributes, range, reach, opset = 17 }) => {
      const random = randomFrom(1, name);
      const dims = [2, 3, 5];
      const x = range === undefined ? apart(random, dims, reach) : between(random, dims, ...range);
      const graph: SmallGraph = { nodes: [op(name, ['x'], 'y', attributes)], values: { x }, opset };
      await expectGradient(random, graph, { open: random.chance(0.5) });
    },
  );

  it('Clip is, with both bounds, one or none', async () => {
    const random = randomFrom(1, 'clip');
    const bound = (name: string, value: number) => floatTensor(name, [], Float32Array.of(value));
    const constants = [bound('low', -0.8), bound('high', 1.01)];
    for (const inputs of [['x', 'low', 'high'], ['x', 'low'], ['x', '', 'high'], ['x']]) {
      const nodes = [op('Clip', inputs, 'y')];
      await expectGradient(random, { nodes, values: { x: apart(random, [2, 15]) }, constants });
    }
  });

  it('Clip is by its bounds too', async () => {
    const random = randomFrom(3, 'clip');
    const values = {
      x: apart(random, [2, 15]),
      low: { dims: [], data: Float32Array.of(-0.81) },
      high: { dims: [], data: Float32Array.of(1.01) },
    };
    await expectGradient(random, { nodes: [op('Clip', ['x', 'low', 'high'], 'y')], values });
  });

  it('Clip is in the form that it had before operator set 11', async () => {
    const random = randomFrom(2, 'clip');
    for (const attributes of [{ min: float(0), max: float(1.01) }, { max: float(0.5) }]) {
      const nodes = [op('Clip', ['x'], 'y', attributes)];
      await expectGradient(random, { nodes, values: { x: apart(random, [2, 15]) }, opset: 7 });
    }
  });

  it('PRelu is, by its slopes too', async () => {
    const random = randomFrom(1, 'prelu');
    for (const slopes of [[3, 1], [1], [2, 3, 5]]) {
      const values = { x: apart(random, [2, 3, 5]), slope: between(random, slopes) };
      await expectGradient(random, { nodes: [op('PRelu', ['x', 'slope'], 'y')], values });
    }
  });
});
