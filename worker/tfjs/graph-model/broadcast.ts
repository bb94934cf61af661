import { isBatched } from '../../onnx/batch.js';
import type { GraphBuilder } from '../../onnx/builder.js';
import { lengthOf } from '../shape.js';
import { arranged, laidConstant, lyingShape, natural, reshaped } from './layout.js';
import type { Call } from './operator.js';
import { refusedShapes } from './refusals.js';
import { type Constant, type Flow, isConstant, naturalOrder, picked, sameList, stridesOf } from './values.js';

/** Operands brought together as numpy and ONNX broadcast them: lined up at their last dimensions. */
export interface Broadcast {
  readonly names: readonly string[];
  readonly shape: readonly number[];
  readonly order: readonly number[];
}

/** Throws where the shapes do not go together. */
export function broadcastShape(call: Call, values: readonly (Constant | Flow)[]): number[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return naturalOrder(rank).map((axis) => {
    const sizes = values.map(({ shape }) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((each) => each !== 1) ?? 1;
    if (sizes.some((each) => each !== 1 && each !== size)) throw refusedShapes(call, ...values);
    return size;
  });
}

/** The names of `values` in the ONNX graph, all lying alike. */
export function broadcast(call: Call, values: readonly (Constant | Flow)[]): Broadcast {
  const { graph } = call;
  const shape = broadcastShape(call, values);
  const order = leadingOrder(values, shape.length);
  return { shape, order, names: values.map((value) => spread(graph, value, order)) };
}

/** The order of the operand that has all dimensions; of several, one that does not lie naturally: convolutions are near. */
function leadingOrder(values: readonly (Constant | Flow)[], rank: number): readonly number[] {
  const asTensorflow = naturalOrder(rank);
  const orders = values
    .filter((value) => !isConstant(value) && value.shape.length === rank)
    .toSorted((a, b) => lengthOf(b.shape) - lengthOf(a.shape))
    .flatMap((value) => (value.kind === 'flow' ? [value.order] : []));
  return orders.find((order) => !sameList(order, asTensorflow)) ?? orders[0] ?? asTensorflow;
}

function spread(graph: GraphBuilder, value: Constant | Flow, order: readonly number[]): string {
  const { shape } = value;
  const isNatural = sameList(order, naturalOrder(order.length));
  const full = [...Array.from({ length: order.length - shape.length }, () => 1), ...shape];
  if (isConstant(value)) {
    if (lengthOf(shape) === 1) return laidConstant(graph, { ...value, shape: [] }, []);
    if (isNatural) return laidConstant(graph, value, naturalOrder(shape.length));
    return laidConstant(graph, { ...value, shape: full }, order);
  }
  if (isNatural && sameList(lyingShape(value), shape)) return natural(graph, value);
  return arranged(graph, reshaped(graph, value, full), order);
}

/** `fold` of constants, element by element. */
export function foldAll(
  call: Call,
  values: readonly Constant[],
  fold: (...numbers: number[]) => number,
): Constant {
  const shape = broadcastShape(call, values);
  const spreads = values.map((value) => stretched(value, shape).values);
  const length = lengthOf(shape);
  const results = Array.from({ length }, (_, i) => fold(...spreads.map((numbers) => numbers[i] ?? 0)));
  const type = values[0]?.type ?? 'float';
  return { kind: 'constant', type, shape, values: type === 'float' ? Float32Array.from(results) : results };
}

/** A constant repeated along its dimensions of size 1 until it has this shape. */
export function stretched(value: Constant, shape: readonly number[]): Constant {
  if (sameList(value.shape, shape)) return value;
  const strides = stridesOf(value.shape);
  const missing = shape.length - value.shape.length;
  const steps = shape.map((_, axis) =>
    (value.shape[axis - missing] ?? 1) === 1 ? 0 : (strides[axis - missing] ?? 0),
  );
  return picked(value, shape, steps);
}

/** Whether a constant of this shape would have to be as long as the batch. */
export function needsBatch(shape: readonly number[]): boolean {
  return shape.some(isBatched);
}
