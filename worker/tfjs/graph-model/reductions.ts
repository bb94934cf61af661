import { isBatched } from '../../onnx/batch.js';
import { int, ints } from '../../onnx/builder.js';
import { ELEMENT } from '../../onnx/tensor.js';
import { lengthOf } from '../shape.js';
import { axisOf, type Call, flowOf, numbersOf, type Operator, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { type Constant, type Flow, isConstant, naturalOrder, picked, sameList, stridesOf } from './values.js';

interface Reduction {
  readonly onnx: string;
  readonly fold: (a: number, b: number) => number;
  readonly start: number;
}

const REDUCTIONS_BY_NAME: Readonly<Record<string, Reduction>> = {
  Mean: { onnx: 'ReduceMean', fold: (a, b) => a + b, start: 0 },
  Sum: { onnx: 'ReduceSum', fold: (a, b) => a + b, start: 0 },
  Max: { onnx: 'ReduceMax', fold: Math.max, start: Number.NEGATIVE_INFINITY },
  Min: { onnx: 'ReduceMin', fold: Math.min, start: Number.POSITIVE_INFINITY },
  Prod: { onnx: 'ReduceProd', fold: (a, b) => a * b, start: 1 },
};

export const REDUCTIONS: Operators = {
  ...Object.fromEntries(Object.entries(REDUCTIONS_BY_NAME).map(([op, each]) => [op, reduction(each)])),
  ArgMax: extreme('ArgMax'),
  ArgMin: extreme('ArgMin'),
};

/** The dimensions that a reduction takes together: all, where none are named. */
function axesOf(call: Call, rank: number): number[] {
  if (call.inputs[1] === undefined) return naturalOrder(rank);
  return numbersOf(call, 1, 'dimensions').map((axis) => axisOf(call, axis, rank));
}

function reduction(each: Reduction): Operator {
  return (call) => {
    const value = operand(call, 0);
    const axes = axesOf(call, value.shape.length);
    const keeps = call.attributes.flag('keep_dims');
    if (isConstant(value)) return folded(call, value, axes, keeps, each);
    requireOneImage(call, value, axes);
    return reduced(call, value, axes, keeps, each.onnx);
  };
}

function requireOneImage(call: Call, { shape }: Flow, axes: readonly number[]): void {
  const isMixed = axes.some((axis) => isBatched(shape[axis] ?? 1));
  if (isMixed) throw refusedUse(call, 'it mixes the images of a batch');
}

function reduced(call: Call, value: Flow, axes: readonly number[], keeps: boolean, onnx: string): Flow {
  if (axes.length === 0) return value;
  const survivors = naturalOrder(value.shape.length).filter((axis) => keeps || !axes.includes(axis));
  return {
    kind: 'flow',
    type: value.type,
    shape: survivors.map((axis) => (axes.includes(axis) ? 1 : (value.shape[axis] ?? 1))),
    order: value.order.filter((axis) => survivors.includes(axis)).map((axis) => survivors.indexOf(axis)),
    name: reducedName(call, value, axes, keeps, onnx),
  };
}

function reducedName(
  { op, graph }: Call,
  { name, order }: Flow,
  axes: readonly number[],
  keeps: boolean,
  onnx: string,
): string {
  const lying = axes.map((axis) => order.indexOf(axis)).sort((a, b) => a - b);
  if (op === 'Mean' && order.length === 4 && sameList(lying, [2, 3])) {
    const pooled = graph.node('GlobalAveragePool', [name]);
    return keeps ? pooled : graph.node('Flatten', [pooled]);
  }
  const keepdims = int(keeps ? 1 : 0);
  // The one reduction whose dimensions are an input in the version of ONNX that Atoll writes.
  if (onnx === 'ReduceSum') return graph.node(onnx, [name, graph.integers(lying)], { keepdims });
  return graph.node(onnx, [name], { axes: ints(lying), keepdims });
}

function folded(
  call: Call,
  value: Constant,
  axes: readonly number[],
  keeps: boolean,
  { fold, start }: Reduction,
): Constant {
  const strides = stridesOf(value.shape);
  const rest = naturalOrder(value.shape.length).filter((axis) => !axes.includes(axis));
  const inner = axes.map((axis) => value.shape[axis] ?? 1);
  const outer = rest.map((axis) => value.shape[axis] ?? 1);
  const order = [...rest, ...axes];
  const moved = picked(
    value,
    [...outer, ...inner],
    order.map((axis) => strides[axis] ?? 0),
  );
  const count = lengthOf(inner);
  const divisor = call.op === 'Mean' ? count : 1;
  const values = Array.from({ length: lengthOf(outer) }, (_, i) => {
    let sum = start;
    for (let j = 0; j < count; j++) sum = fold(sum, moved.values[i * count + j] ?? 0);
    return sum / divisor;
  });
  const shape = keeps ? value.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : outer;
  const { type } = value;
  return { kind: 'constant', type, shape, values: type === 'float' ? Float32Array.from(values) : values };
}

/** Where the largest or smallest number is, as a float: that is how integers lie in the ONNX graph. */
function extreme(onnx: string): Operator {
  return (call) => {
    const value = flowOf(call, 0);
    const axes = call.inputs[1] === undefined ? [0] : axesOf(call, value.shape.length);
    requireOneImage(call, value, axes);
    const [axis = 0] = axes;
    const found = call.graph.node(onnx, [value.name], {
      axis: int(value.order.indexOf(axis)),
      keepdims: int(0),
    });
    const kept = value.order.filter((each) => each !== axis);
    return {
      kind: 'flow',
      type: 'int',
      shape: value.shape.filter((_, each) => each !== axis),
      order: kept.map((each) => (each > axis ? each - 1 : each)),
      name: call.graph.node('Cast', [found], { to: int(ELEMENT.float) }),
    };
  };
}
