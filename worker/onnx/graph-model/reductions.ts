import { int, ints } from '../convert-graph.js';
import { isBatched, lengthOf } from './batch.js';
import {
  axisOf,
  type Call,
  flowOf,
  numbersOf,
  type Operator,
  type Operators,
  operand,
  refusedUse,
} from './operator.js';
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
  if (axes.some((axis) => isBatched(shape[axis] ?? 1)))
    throw refusedUse(call, 'it mixes the images of a batch');
}

function reduced(call: Call, value: Flow, axes: readonly number[], keeps: boolean, onnx: string): Flow {
  const { graph } = call;
  const lying = axes.map((axis) => value.order.indexOf(axis)).sort((a, b) => a - b);
  const kept = value.order.filter((axis) => keeps || !axes.includes(axis));
  const survivors = naturalOrder(value.shape.length).filter((axis) => keeps || !axes.includes(axis));
  const shape = survivors.map((axis) => (axes.includes(axis) ? 1 : (value.shape[axis] ?? 1)));
  const order = kept.map((axis) => survivors.indexOf(axis));
  const name = reduce(call, value, lying, keeps, onnx);
  return { kind: 'flow', type: value.type, shape, order, name };

  function reduce(
    { op }: Call,
    { name: source, order: { length: rank } }: Flow,
    at: number[],
    keep: boolean,
    type: string,
  ) {
    if (axes.length === 0) return source;
    if (op === 'Mean' && rank === 4 && sameList(at, [2, 3])) {
      const pooled = graph.node('GlobalAveragePool', [source]);
      return keep ? pooled : graph.node('Flatten', [pooled]);
    }
    const keepdims = int(keep ? 1 : 0);
    // The one reduction whose dimensions are an input in the version of ONNX that Atoll writes.
    if (type === 'ReduceSum') return graph.node(type, [source, graph.integers(at)], { keepdims });
    return graph.node(type, [source], { axes: ints(at), keepdims });
  }
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
      name: call.graph.node('Cast', [found], { to: int(FLOAT) }),
    };
  };
}

/** ONNX's number for the type. */
const FLOAT = 1;
