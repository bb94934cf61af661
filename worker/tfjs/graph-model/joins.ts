import { isBatched } from '../../onnx/batch.js';
import { int } from '../../onnx/builder.js';
import { lengthOf } from '../shape.js';
import { needsBatch, stretched } from './broadcast.js';
import { arranged, flowing, laidConstant, lyingAs, natural, plain, shapeTensor } from './layout.js';
import { axisOf, type Call, numberOf, numbersOf, type Operators, operand } from './operator.js';
import { refusedShapes, refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { type Constant, constant, type Flow, isConstant, naturalOrder, sameList } from './values.js';

export const JOINS: Operators = {
  ConcatV2: (call) => {
    const values = call.inputs.slice(0, -1).map((_, i) => operand(call, i));
    return joined(call, values, numberOf(call, -1, 'dimension'));
  },
  Concat: (call) => {
    const values = call.inputs.slice(1).map((_, i) => operand(call, i + 1));
    return joined(call, values, numberOf(call, 0, 'dimension'));
  },
  Pack: (call) => {
    const values = call.inputs.map((_, i) => operand(call, i));
    const rank = values[0]?.shape.length ?? 0;
    const axis = axisOf(call, call.attributes.number('axis', 0), rank + 1);
    const thick = values.map((value) => shapedAs(call, value, value.shape.toSpliced(axis, 0, 1)));
    return joined(call, thick, axis);
  },
  Tile: (call) => {
    const value = operand(call, 0);
    const repeats = numbersOf(call, 1, 'repeats');
    const shape = value.shape.map((size, axis) => size * (repeats[axis] ?? 1));
    if (shape.every((size, axis) => (value.shape[axis] ?? 1) === 1 || size === value.shape[axis])) {
      return spread(call, value, shape);
    }
    if (repeats.some(isBatched) || (isBatched(value.shape[0] ?? 1) && (repeats[0] ?? 1) !== 1)) {
      throw refusedUse(call, 'it repeats the batch');
    }
    const flow = flowing(call.graph, value);
    const lying = call.graph.integers(flow.order.map((axis) => repeats[axis] ?? 1));
    return lyingAs(flow, call.graph.node('Tile', [flow.name, lying]), shape);
  },
  BroadcastTo: (call) => {
    const value = operand(call, 0);
    const wanted = numbersOf(call, 1, 'shape');
    const missing = wanted.length - value.shape.length;
    const shape = wanted.map((size, axis) => (size === -1 ? (value.shape[axis - missing] ?? 1) : size));
    return spread(call, value, shape);
  },
  Fill: (call) => {
    const shape = numbersOf(call, 0, 'shape');
    const value = operand(call, 1);
    return spread(call, value, shape);
  },
};

/** `value` repeated along its dimensions of size 1 until it has this shape. */
function spread(call: Call, value: Constant | Flow, shape: readonly number[]): Constant | Flow {
  if (sameList(value.shape, shape)) return value;
  if (isConstant(value) && !needsBatch(shape)) return stretched(value, shape);
  const name = natural(call.graph, flowing(call.graph, value));
  return plain(
    call.graph.node('Expand', [name, shapeTensor(call.graph, shape, call.image)]),
    shape,
    value.type,
  );
}

/** Along one dimension, one after the other; the others must be alike. */
function joined(call: Call, values: readonly (Constant | Flow)[], along: number): Constant | Flow {
  const { graph } = call;
  const [first] = values;
  if (first === undefined) throw refusedUse(call, 'it joins nothing');
  const axis = axisOf(call, along, first.shape.length);
  const others = (shape: readonly number[]) => shape.map((size, each) => (each === axis ? 0 : size));
  const sizes = others(first.shape).map(
    (_, each) => values.map(({ shape }) => shape[each] ?? 1).find((size) => size !== 1) ?? 1,
  );
  // A constant for one image is one for each image of a batch.
  const fitted = values.map((value) =>
    isConstant(value) && axis !== 0 && value.shape[0] === 1 && isBatched(sizes[0] ?? 1)
      ? spread(call, value, [sizes[0] ?? 1, ...value.shape.slice(1)])
      : value,
  );
  const stranger = fitted.find(({ shape }) => !sameList(others(shape), others(fitted[0]?.shape ?? [])));
  if (stranger !== undefined) throw refusedShapes(call, ...values);
  const total = values.reduce((sum, { shape }) => sum + (shape[axis] ?? 1), 0);
  const shape = (fitted[0]?.shape ?? []).map((size, each) => (each === axis ? total : size));
  const constants = fitted.filter(isConstant);
  if (constants.length === fitted.length) return joinedConstants(constants, shape, axis);
  if (fitted.length === 1) return fitted[0] ?? first;
  if (isBatched(shape[axis] ?? 1) || fitted.some((value) => isBatched(value.shape[axis] ?? 1))) {
    throw refusedUse(call, 'it joins batches');
  }
  const flows = fitted.filter((value) => value.kind === 'flow');
  const natural = naturalOrder(shape.length);
  const order = flows.find((flow) => !sameList(flow.order, natural))?.order ?? natural;
  const names = fitted.map((value) =>
    isConstant(value) ? laidConstant(graph, value, order) : arranged(graph, value, order),
  );
  const name = graph.node('Concat', names, { axis: int(order.indexOf(axis)) });
  return { kind: 'flow', type: flows[0]?.type ?? 'float', shape, order, name };
}

function joinedConstants(values: readonly Constant[], shape: readonly number[], axis: number): Constant {
  const outer = Array.from({ length: lengthOf(shape.slice(0, axis)) }, (_, i) => i);
  const all = outer.flatMap((i) =>
    values.flatMap((value) => {
      const length = lengthOf(value.shape.slice(axis));
      return Array.from({ length }, (_, j) => value.values[i * length + j] ?? 0);
    }),
  );
  const type = values[0]?.type ?? 'float';
  return constant(type === 'float' ? Float32Array.from(all) : all, shape, type);
}
