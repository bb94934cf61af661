import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { float, int } from '../../../../worker/onnx/builder.js';
import { between, expectGradient, op } from './finite-differences.js';

const CLOSE = { step: 0.05, tolerance: 5e-3 };

describe('the gradient of', () => {
  it('BatchNormalization is that of finite differences, by all that it is made of', async () => {
    for (const [dims, opset] of [
      [[2, 3, 2, 2], 7],
      [[2, 3], 9],
      [[1, 3, 4], 15],
    ] as const) {
      const random = randomFrom(opset, 'batch');
      const values = {
        x: between(random, dims),
        scale: between(random, [3], 0.5, 2),
        offset: between(random, [3]),
        mean: between(random, [3]),
        variance: between(random, [3], 0.5, 2),
      };
      // What operator set 7 said with an attribute has been so ever since.
      const old = opset === 7 ? { spatial: int(1) } : {};
      const nodes = [op('BatchNormalization', Object.keys(values), 'y', { epsilon: float(0.01), ...old })];
      await expectGradient(random, { nodes, values, opset }, { ...CLOSE, open: true });
    }
  });

  it('InstanceNormalization is', async () => {
    const random = randomFrom(1, 'instance');
    for (const dims of [
      [2, 3, 4],
      [1, 3, 2, 3],
    ]) {
      const values = { x: between(random, dims), scale: between(random, [3]), offset: between(random, [3]) };
      await expectGradient(
        random,
        { nodes: [op('InstanceNormalization', Object.keys(values), 'y')], values },
        { ...CLOSE, open: true },
      );
    }
  });

  it('GroupNormalization is, with a scale a group and a scale a channel', async () => {
    for (const [opset, scales] of [
      [18, 2],
      [21, 4],
    ] as const) {
      const random = randomFrom(opset, 'group');
      const values = {
        x: between(random, [2, 4, 3, 2]),
        scale: between(random, [scales]),
        offset: between(random, [scales]),
      };
      const nodes = [op('GroupNormalization', Object.keys(values), 'y', { num_groups: int(2) })];
      await expectGradient(random, { nodes, values, opset }, { ...CLOSE, open: true });
    }
  });

  it('LayerNormalization is, from each axis on', async () => {
    for (const axis of [-1, 1, 2]) {
      const random = randomFrom(axis, 'layer');
      const dims = axis === 1 ? [3, 4] : [4];
      const values = {
        x: between(random, [2, 3, 4]),
        scale: between(random, dims),
        offset: between(random, dims),
      };
      const nodes = [op('LayerNormalization', Object.keys(values), 'y', { axis: int(axis) })];
      await expectGradient(random, { nodes, values }, { ...CLOSE, open: true });
      const { offset: _, ...without } = values;
      const plain = [op('LayerNormalization', Object.keys(without), 'y', { axis: int(axis) })];
      await expectGradient(random, { nodes: plain, values: without }, { ...CLOSE, open: true });
    }
  });

  it('LRN is, whatever the number of neighbours', async () => {
    for (const size of [1, 3, 5, 9]) {
      const random = randomFrom(size, 'lrn');
      const nodes = [
        op('LRN', ['x'], 'y', { size: int(size), alpha: float(0.5), beta: float(0.6), bias: float(1.5) }),
      ];
      await expectGradient(
        random,
        { nodes, values: { x: between(random, [2, 6, 2, 2], -2, 2) } },
        { ...CLOSE, open: true },
      );
    }
  });

  it('LpNormalization is', async () => {
    const random = randomFrom(1, 'lp');
    for (const axis of [-1, 1]) {
      const nodes = [op('LpNormalization', ['x'], 'y', { axis: int(axis) })];
      await expectGradient(random, { nodes, values: { x: between(random, [2, 3, 4]) } }, CLOSE);
    }
  });
});
