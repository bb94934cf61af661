import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { int, ints } from '../../../../worker/onnx/builder.js';
import type { GraphProto, NodeProto } from '../../../../worker/onnx/file.js';
import { reverseMode } from '../../../../worker/onnx/gradient/reverse-mode.js';
import { integerTensor } from '../../../../worker/onnx/tensor.js';
import { tinyModel } from '../tiny-networks.js';
import { apart, expectGradient, op } from './finite-differences.js';

const branch = (name: string, ...node: NodeProto[]): GraphProto => ({
  name,
  node,
  output: [{ name: node.at(-1)?.output?.[0] ?? '', type: { tensorType: { elemType: 1 } } }],
});
const either = (condition: string, yes: GraphProto, no: GraphProto) =>
  op('If', [condition], 'b', { then_branch: { type: 5, g: yes }, else_branch: { type: 5, g: no } });

/** As PyTorch writes squeeze(1): a dimension of 1 goes, any other stays. Written in operator set 11. */
const squeezed = (size: number) => [
  op('Shape', ['x'], 'all'),
  op('Gather', ['all', 'one'], 'size', { axis: int(0) }),
  op('Equal', ['size', 'one'], 'isOne'),
  either(
    'isOne',
    // ONNX Runtime looks into the branch that is not taken, too.
    branch(
      'then',
      size === 1 ? op('Squeeze', ['x'], 'inner', { axes: ints([1]) }) : op('Neg', ['x'], 'inner'),
    ),
    branch('else', op('Sigmoid', ['x'], 'soft'), op('Mul', ['soft', 'x'], 'inner')),
  ),
  op('Sigmoid', ['b'], 's'),
  op('ReduceMean', ['x'], 'm', { axes: ints([1, 2, 3]), keepdims: int(1) }),
  op('Add', ['s', 'm'], 'y'),
];

describe('the gradient of an If', () => {
  it('is that of the branch that shapes decide for', async () => {
    for (const size of [1, 2]) {
      const random = randomFrom(size, 'if');
      const constants = [{ ...integerTensor('one', [1]), dims: [] }];
      const graph = {
        nodes: squeezed(size),
        values: { x: apart(random, [1, size, 2, 3]) },
        constants,
        opset: 11,
      };
      await expectGradient(random, graph, { step: 0.05 });
    }
  });

  it('that numbers decide for is refused, though the branches take the picture from around them', () => {
    const nodes = [
      op('ReduceMax', ['x'], 'most', { keepdims: int(0) }),
      op('Greater', ['most', 'most'], 'never'),
      either('never', branch('then', op('Relu', ['x'], 'r')), branch('else', op('Neg', ['x'], 'n'))),
      op('Add', ['b', 'x'], 'y'),
    ];
    const model = { ...tinyModel({ nodes }), graph: tinyModel({ nodes }).graph ?? {} };
    expect(() => reverseMode(model, { output: 'y', withRespectTo: ['x'] })).toThrow(
      'No gradient is known of the operator If.',
    );
  });
});
