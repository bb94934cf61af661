import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { type AttributeMap, float, int, ints, text } from '../../../../worker/onnx/builder.js';
import type { NodeProto } from '../../../../worker/onnx/file.js';
import { apart, between, expectGradient, op } from './finite-differences.js';

const fused = (operator: string, inputs: string[], attributes: AttributeMap = {}): NodeProto[] => [
  { ...op(operator, inputs, 'y', attributes), domain: 'com.microsoft' },
];
const list = (...floats: number[]) => ({ type: 6, floats });

describe('the gradient of an operator that ONNX Runtime makes of several is that of finite differences:', () => {
  it.each<[string, AttributeMap]>([
    ['Relu', {}],
    ['LeakyRelu', { activation_params: list(0.3) }],
    ['Clip', { activation_params: list(-0.51, 0.52) }],
    ['HardSigmoid', { activation_params: list(0.4, 0.5) }],
    ['Tanh', {}],
    ['Sigmoid', {}],
  ])('FusedConv with %s, and with what is added', async (activation, parameters) => {
    const random = randomFrom(1, activation);
    const values = {
      x: apart(random, [1, 2, 4, 3], 1),
      w: between(random, [3, 2, 2, 2]),
      b: between(random, [3]),
      z: between(random, [1, 3, 3, 2]),
    };
    const attributes = { activation: text(activation), kernel_shape: ints([2, 2]), ...parameters };
    const nodes = fused('FusedConv', ['x', 'w', 'b', 'z'], attributes);
    await expectGradient(random, { nodes, values }, { step: 1e-3, tolerance: 2e-2 });
  });

  it('FusedGemm', async () => {
    const random = randomFrom(1, 'gemm');
    const values = { x: apart(random, [2, 3], 1), b: between(random, [4, 3]), c: between(random, [4]) };
    const attributes = { activation: text('LeakyRelu'), activation_alpha: float(0.2), transB: int(1) };
    await expectGradient(
      random,
      { nodes: fused('FusedGemm', ['x', 'b', 'c'], attributes), values },
      { step: 1e-3, tolerance: 2e-2 },
    );
  });

  it('FusedMatMul', async () => {
    for (const [a, b, attributes] of [
      [[2, 3, 4], [2, 3, 5], { transA: int(1), alpha: float(0.5) }],
      [[2, 2, 3, 4], [5, 4], { transB: int(1) }],
      [[4, 2], [3, 4], { transA: int(1), transB: int(1), alpha: float(-2) }],
      [[2, 3], [2, 3, 4], {}],
    ] as const) {
      const random = randomFrom(a.length, `${a}`);
      const values = { x: between(random, a), b: between(random, b) };
      await expectGradient(
        random,
        { nodes: fused('FusedMatMul', ['x', 'b'], attributes), values },
        { step: 0.25 },
      );
    }
  });

  it('BiasGelu, FastGelu and QuickGelu', async () => {
    const random = randomFrom(1, 'gelu');
    for (const name of ['BiasGelu', 'FastGelu']) {
      const values = { x: apart(random, [2, 3]), b: between(random, [3]) };
      await expectGradient(random, { nodes: fused(name, ['x', 'b']), values }, { step: 0.05 });
    }
    for (const name of ['FastGelu', 'QuickGelu', 'Gelu']) {
      await expectGradient(
        random,
        { nodes: fused(name, ['x']), values: { x: apart(random, [2, 3]) } },
        { step: 0.05 },
      );
    }
  });
});
