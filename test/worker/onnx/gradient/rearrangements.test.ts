import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { int, ints, text } from '../../../../worker/onnx/builder.js';
import { integerTensor } from '../../../../worker/onnx/tensor.js';
import { apart, expectGradient, op, type SmallGraph } from './finite-differences.js';

type Case = Pick<SmallGraph, 'nodes' | 'integers' | 'opset' | 'constants'> & {
  readonly dims?: readonly number[];
};

const slices = (starts: number[], ends: number[], axes: number[], steps: number[]): Case => ({
  nodes: [op('Slice', ['x', 'starts', 'ends', 'axes', 'steps'], 'y')],
  integers: { starts, ends, axes, steps },
});
const pad = (mode: string, pads: number[]): Case => ({
  nodes: [op('Pad', ['x', 'pads'], 'y', { mode: text(mode) })],
  integers: { pads },
});

/** Of x, [2, 4, 3, 5] unless it is said otherwise. */
const CASES: Readonly<Record<string, Case>> = {
  Reshape: { nodes: [op('Reshape', ['x', 's'], 'y')], integers: { s: [0, -1, 5] } },
  'Reshape to a computed shape': {
    nodes: [
      op('Shape', ['x'], 'all'),
      op('Gather', ['all', 'zero'], 'first'),
      op('Concat', ['first', 'rest'], 's', { axis: int(0) }),
      op('Reshape', ['x', 's'], 'y'),
    ],
    integers: { zero: [0], rest: [-1] },
  },
  Flatten: { nodes: [op('Flatten', ['x'], 'y', { axis: int(2) })] },
  Squeeze: { nodes: [op('Squeeze', ['x', 'a'], 'y')], integers: { a: [1, -1] }, dims: [2, 1, 3, 1] },
  'Squeeze of all': { nodes: [op('Squeeze', ['x'], 'y')], dims: [2, 1, 3, 1] },
  'Squeeze before operator set 13': {
    nodes: [op('Squeeze', ['x'], 'y', { axes: ints([1]) })],
    dims: [2, 1, 3],
    opset: 11,
  },
  Unsqueeze: { nodes: [op('Unsqueeze', ['x', 'a'], 'y')], integers: { a: [1, -1] }, dims: [2, 3] },
  Transpose: { nodes: [op('Transpose', ['x'], 'y', { perm: ints([0, 2, 3, 1]) })] },
  'Transpose of all': { nodes: [op('Transpose', ['x'], 'y')] },
  Identity: { nodes: [op('Identity', ['x'], 'y')] },
  Dropout: { nodes: [op('Dropout', ['x'], 'y')] },
  Concat: {
    nodes: [
      op('Sigmoid', ['x'], 's'),
      op('Tanh', ['x'], 't'),
      op('Concat', ['s', 't', 's'], 'c', { axis: int(1) }),
      op('Mul', ['c', 'c'], 'y'),
    ],
  },
  'Concat of other axes': {
    nodes: [
      op('Sigmoid', ['x'], 's'),
      op('Concat', ['s', 'x'], 'c', { axis: int(-1) }),
      op('Mul', ['c', 'c'], 'y'),
    ],
  },
  Split: {
    nodes: [
      op('Split', ['x', 's'], ['a', 'b'], { axis: int(1) }),
      op('Slice', ['a', 'one', 'three', 'one'], 'c'),
      op('Mul', ['c', 'c'], 'y'),
    ],
    integers: { s: [3, 1], one: [1], three: [3] },
  },
  'Split in halves, both used': {
    nodes: [op('Split', ['x'], ['a', 'b'], { axis: int(1) }), op('Mul', ['a', 'b'], 'y')],
  },
  Slice: slices([1, 0, -4], [3, 100, -1], [1, 2, -1], [1, 1, 1]),
  'Slice by steps': slices([0, 4, -1], [4, -100, 0], [1, 3, 2], [2, -2, -1]),
  'Slice before operator set 10': {
    nodes: [op('Slice', ['x'], 'y', { starts: ints([1, 0]), ends: ints([3, -1]), axes: ints([1, 3]) })],
    opset: 9,
  },
  Pad: pad('constant', [0, 1, 2, 0, 0, 0, 1, 3]),
  'Pad that cuts off': pad('constant', [0, -1, 2, 0, 0, 0, -1, 0]),
  'Pad that reflects': pad('reflect', [0, 0, 2, 3, 0, 1, 1, 4]),
  'Pad with the edge': pad('edge', [0, 0, 2, 3, 0, 1, 0, 4]),
  'Pad before operator set 11': {
    nodes: [op('Pad', ['x'], 'y', { pads: ints([0, 0, 1, 1, 0, 0, 0, 2]) })],
    opset: 9,
  },
  Gather: { nodes: [op('Gather', ['x', 'i'], 'y', { axis: int(1) })], integers: { i: [3, 0, 3, -1] } },
  'Gather of one many times': {
    nodes: [op('Gather', ['x', 'i'], 'y', { axis: int(1) })],
    integers: { i: [1, 1, 1, 4] },
    dims: [2, 20],
  },
  'Gather of each once': {
    nodes: [op('Gather', ['x', 'i'], 'y', { axis: int(1) })],
    integers: { i: [2, 0, 3, 1] },
    dims: [2, 4, 3],
  },
  'Gather of one': {
    nodes: [op('Gather', ['x', 'i'], 'y', { axis: int(2) })],
    constants: [{ ...integerTensor('i', [1]), dims: [] }],
  },
  Tile: { nodes: [op('Tile', ['x', 'r'], 'y')], integers: { r: [1, 2, 1, 3] } },
  DepthToSpace: { nodes: [op('DepthToSpace', ['x'], 'y', { blocksize: int(2) })], dims: [2, 8, 2, 3] },
  'DepthToSpace by columns': {
    nodes: [op('DepthToSpace', ['x'], 'y', { blocksize: int(2), mode: text('CRD') })],
    dims: [2, 8, 2, 3],
  },
  SpaceToDepth: { nodes: [op('SpaceToDepth', ['x'], 'y', { blocksize: int(2) })], dims: [2, 3, 4, 6] },
  'a mean that is passed on through other operators': {
    nodes: [
      op('Sin', ['x'], 's'),
      op('Identity', ['s'], 'i'),
      op('Neg', ['i'], 'n'),
      op('Add', ['n', 'x'], 'a'),
      op('ReduceMean', ['a'], 'y', { axes: ints([2, 3]) }),
    ],
  },
};

describe('the gradient of', () => {
  it.each(Object.entries(CASES))(
    '%s is that of finite differences',
    async (name, { dims = [2, 4, 3, 5], ...graph }) => {
      for (const open of [false, true]) {
        const random = randomFrom(1, name);
        await expectGradient(random, { ...graph, values: { x: apart(random, dims) } }, { open, step: 0.02 });
      }
    },
  );
});
