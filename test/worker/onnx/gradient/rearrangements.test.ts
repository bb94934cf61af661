import { describe, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { int, ints, text } from '../../../../worker/onnx/builder.js';
import { integerTensor } from '../../../../worker/onnx/tensor.js';
import { apart, expectGradient, op, type SmallGraph } from './finite-differences.js';

type Case = Pick<SmallGraph, 'nodes' | 'integers' | 'opset' | 'constants'> & {
  readonly dims?: readonly number[];
  /** The number of images is fixed. */
  readonly closed?: boolean;
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
  'Dropout that is told not to': {
    nodes: [op('Dropout', ['x', '', 'training'], 'y')],
    constants: [{ name: 'training', dims: [], dataType: 9, rawData: Uint8Array.of(0) }],
  },
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
  'Split in uneven parts, of which one is not used': {
    nodes: [
      op('Split', ['x'], ['a', 'b', 'c'], { axis: int(-1), num_outputs: int(3) }),
      op('Sigmoid', ['b'], 's'),
      op('ReduceSum', ['a', 'last'], 'n', { keepdims: int(1) }),
      op('Mul', ['s', 'n'], 'y'),
    ],
    integers: { last: [-1] },
    opset: 18,
  },
  'Split before operator set 13': {
    nodes: [
      op('Split', ['x'], ['a', 'b'], { axis: int(1), split: ints([1, 3]) }),
      op('Mul', ['a', 'b'], 'y'),
    ],
    opset: 11,
  },
  'Reshape by sizes that may be 0': {
    nodes: [op('Reshape', ['x', 's'], 'y', { allowzero: int(1) })],
    integers: { s: [-1, 12, 5] },
  },
  'Pad of some axes': {
    nodes: [op('Pad', ['x', 'pads', '', 'axes'], 'y', { mode: text('edge') })],
    integers: { pads: [2, 1, 0, 3], axes: [-1, 2] },
    opset: 18,
  },
  'Pad that goes round': { ...pad('wrap', [0, 0, 2, 3, 0, 1, 1, 4]), opset: 19 },
  'Pad that reflects and cuts off': pad('reflect', [0, 0, 1, -2, 0, 0, -1, 2]),
  'Slice that takes nothing away, backwards': slices([-1, 5], [-100, -100], [2, 3], [-1, -2]),
  'Transpose and Flatten of a front axis': {
    nodes: [
      op('Transpose', ['x'], 't', { perm: ints([0, 3, 1, 2]) }),
      op('Flatten', ['t'], 'y', { axis: int(-1) }),
    ],
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
  'Gather of none': {
    nodes: [
      op('Gather', ['x', 'i'], 'none', { axis: int(1) }),
      op('Concat', ['none', 'x'], 'y', { axis: int(1) }),
    ],
    integers: { i: [] },
  },
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
  'Gather of all by indices of every number': {
    nodes: [op('GatherElements', ['x', 'i'], 'y', { axis: int(2) })],
    constants: [{ ...integerTensor('i', [0, -1, 2, 0, 1, 1]), dims: [1, 3, 2, 1] }],
  },
  GatherND: {
    nodes: [op('GatherND', ['x', 'i'], 'y')],
    constants: [{ ...integerTensor('i', [0, 3, 1, -1, 0, 3]), dims: [3, 2] }],
    closed: true,
  },
  ScatterElements: {
    nodes: [
      op('Sigmoid', ['x'], 's'),
      op('Slice', ['s', 'zero', 'one', 'two'], 'part'),
      op('ScatterElements', ['x', 'i', 'part'], 'y', { axis: int(2) }),
    ],
    constants: [{ ...integerTensor('i', [2, 0, 1, 2, 2, 0, 1, 1, 0, 0]), dims: [1, 2, 1, 5] }],
    integers: { zero: [0], one: [1], two: [2] },
    dims: [1, 2, 3, 5],
    closed: true,
  },
  'ScatterND that adds': {
    nodes: [
      op('Gather', ['x', 'first'], 'part', { axis: int(0) }),
      op('ScatterND', ['x', 'i', 'part'], 'y', { reduction: text('add') }),
    ],
    constants: [{ ...integerTensor('i', [1]), dims: [1, 1] }],
    integers: { first: [0] },
    closed: true,
  },
  'ScatterND in place': {
    nodes: [op('Gather', ['x', 'first'], 'part', { axis: int(0) }), op('ScatterND', ['x', 'i', 'part'], 'y')],
    constants: [{ ...integerTensor('i', [1]), dims: [1, 1] }],
    integers: { first: [0] },
    closed: true,
  },
  CumSum: {
    nodes: [op('CumSum', ['x', 'a'], 'y', { exclusive: int(1) })],
    constants: [{ ...integerTensor('a', [-1]), dims: [] }],
  },
  'CumSum from the end': {
    nodes: [op('CumSum', ['x', 'a'], 'y', { reverse: int(1) })],
    constants: [{ ...integerTensor('a', [1]), dims: [] }],
  },
  Trilu: { nodes: [op('Trilu', ['x'], 'y', { upper: int(0) })] },
  'Trilu above a diagonal': {
    nodes: [op('Trilu', ['x', 'k'], 'y')],
    constants: [{ ...integerTensor('k', [1]), dims: [] }],
  },
  'Expand to a shape that says −1 for what is there, as PyTorch writes it': {
    nodes: [
      op('Shape', ['x'], 'all'),
      op('Gather', ['all', 'zero'], 'images'),
      op('Concat', ['images', 'rest'], 'wanted', { axis: int(0) }),
      op('Shape', ['wanted'], 'length'),
      op('ConstantOfShape', ['length'], 'ones', { value: { type: 4, t: integerTensor('', [1]) } }),
      op('Mul', ['ones', 'minus'], 'unknown'),
      op('Equal', ['wanted', 'unknown'], 'isUnknown'),
      op('Where', ['isUnknown', 'ones', 'wanted'], 'shape'),
      op('Expand', ['x', 'shape'], 'y'),
    ],
    integers: { zero: [0], rest: [-1, 4, 3], minus: [-1] },
    dims: [2, 3, 1, 3],
  },
  'Pad by amounts that are turned around, as PyTorch writes them': {
    nodes: [
      op('ConstantOfShape', ['four'], 'none', { value: { type: 4, t: integerTensor('', [0]) } }),
      op('Concat', ['amounts', 'none'], 'both', { axis: int(0) }),
      op('Reshape', ['both', 'pairs'], 'table'),
      op('Slice', ['table', 'last', 'first', 'zero', 'last'], 'backwards'),
      op('Transpose', ['backwards'], 'turned', { perm: ints([1, 0]) }),
      op('Reshape', ['turned', 'last'], 'flat'),
      op('Cast', ['flat'], 'pads', { to: int(7) }),
      op('Pad', ['x', 'pads'], 'y', { mode: text('constant') }),
    ],
    integers: { amounts: [1, 2, 0, 3], four: [4], pairs: [-1, 2], last: [-1], first: [-100], zero: [0] },
    opset: 11,
  },
  'Reshape to a product of sizes': {
    nodes: [
      op('Shape', ['x'], 'all'),
      op('Slice', ['all', 'one', 'four'], 'sizes'),
      op('ReduceProd', ['sizes'], 'all numbers', { keepdims: int(1) }),
      op('Neg', ['one'], 'open'),
      op('Concat', ['open', 'all numbers'], 's', { axis: int(0) }),
      op('Reshape', ['x', 's'], 'y'),
    ],
    integers: { one: [1], four: [4] },
  },
  'Gather of every other': {
    nodes: [op('Range', ['start', 'end', 'step'], 'i'), op('Gather', ['x', 'i'], 'y', { axis: int(3) })],
    constants: [
      { ...integerTensor('start', [4]), dims: [] },
      { ...integerTensor('end', [-1]), dims: [] },
      { ...integerTensor('step', [-2]), dims: [] },
    ],
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
    async (name, { dims = [2, 4, 3, 5], closed = false, ...graph }) => {
      for (const open of closed ? [false] : [false, true]) {
        const random = randomFrom(1, name);
        await expectGradient(random, { ...graph, values: { x: apart(random, dims) } }, { open, step: 0.02 });
      }
    },
  );
});
