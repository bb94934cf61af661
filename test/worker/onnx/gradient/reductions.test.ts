import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { int, ints } from '../../../../worker/onnx/builder.js';
import { apart, between, expectGradient, op } from './finite-differences.js';

const NAMES = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceSumSquare',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
];

describe('the gradient of', () => {
  it.each(NAMES)('%s is that of finite differences, over any axes', async (name) => {
    for (let seed = 0; seed < 8; seed++) {
      const random = randomFrom(seed, name);
      const dims = [2, 3, 2, 3];
      const x = name === 'ReduceLogSum' ? between(random, dims, 0.5, 2) : apart(random, dims);
      const axes = [[-1], [1], [2, 3], [0, 2], [], [1, 2, 3]][random.below(6)] ?? [];
      const keepdims = int(random.below(2));
      // ReduceSum has taken its axes as an input since operator set 13, the others since 18.
      const opset = [11, 13, 18][random.below(3)] ?? 13;
      const asInput = opset >= 18 || (opset >= 13 && name === 'ReduceSum');
      const given = axes.length === 0 ? {} : asInput ? { input: 'axes' } : { attribute: ints(axes) };
      const node = op(name, ['x', ...(given.input === undefined ? [] : [given.input])], 'y', {
        keepdims,
        ...(given.attribute && { axes: given.attribute }),
      });
      await expectGradient(
        random,
        { nodes: [node], values: { x }, integers: { axes }, opset },
        { open: random.chance(0.5) },
      );
    }
  });

  it('a reduction over no axes is, where that means nothing or everything', async () => {
    for (const noop of [0, 1]) {
      for (const inputs of [['x'], ['x', 'none']]) {
        const random = randomFrom(noop, 'noop');
        const nodes = [op('ReduceMean', inputs, 'y', { noop_with_empty_axes: int(noop), keepdims: int(1) })];
        const graph = { nodes, values: { x: apart(random, [2, 3, 2]) }, integers: { none: [] }, opset: 18 };
        await expectGradient(random, graph);
      }
    }
  });

  it.each(['Softmax', 'LogSoftmax'])('%s is, over each axis', async (name) => {
    for (const axis of [0, 1, 2, -1]) {
      const random = randomFrom(axis, name);
      const nodes = [op(name, ['x'], 'y', { axis: int(axis) })];
      const values = { x: apart(random, [2, 3, 4]) };
      await expectGradient(random, { nodes, values }, { step: 0.05 });
      // Until operator set 13 it was over all dimensions from the axis on.
      if (axis >= 0) await expectGradient(random, { nodes, values, opset: 11 }, { step: 0.05 });
    }
  });
});
