import { BATCH, isBatched, openShape } from '../../onnx/batch.js';
import { type GraphBuilder, int, ints } from '../../onnx/builder.js';
import { type Constant, type Flow, naturalOrder, sameList, transposed } from './values.js';

/** Images as TensorFlow has them by default, channels last, lie with their channels first, as ONNX's operators take them. */
export const CHANNELS_FIRST: readonly number[] = [0, 3, 1, 2];

/** The sizes of a tensor as it lies. */
export function lyingShape({ shape, order }: Flow): number[] {
  return order.map((axis) => shape[axis] ?? 1);
}

/** Dimensions of more than one element in the order in which they lie: the others can be moved about for nothing. */
function solid(order: readonly number[], shape: readonly number[]): number[] {
  return order.filter((axis) => shape[axis] !== 1);
}

/** The name of `value` lying in this order. */
export function arranged(graph: GraphBuilder, value: Flow, order: readonly number[]): string {
  const { name, shape } = value;
  if (sameList(value.order, order)) return name;
  if (sameList(solid(value.order, shape), solid(order, shape))) {
    const sizes = order.map((axis) => shape[axis] ?? 1);
    return shapedAs(graph, name, lyingShape(value), sizes);
  }
  return graph.shared('Transpose', [name], { perm: ints(order.map((axis) => value.order.indexOf(axis))) });
}

/** The same numbers in the same order with other dimensions. */
function shapedAs(
  graph: GraphBuilder,
  name: string,
  before: readonly number[],
  after: readonly number[],
): string {
  if (sameList(before, after)) return name;
  return graph.shared('Reshape', [name, graph.integers(openShape(after))]);
}

/** The name of `value` lying as TensorFlow has it. */
export function natural(graph: GraphBuilder, value: Flow): string {
  return arranged(graph, value, naturalOrder(value.shape.length));
}

/** A constant as an initializer that lies in this order. */
export function laidConstant(graph: GraphBuilder, value: Constant, order: readonly number[]): string {
  const { values, shape } = transposed(value, order);
  return value.type === 'bool' ? graph.truths(values, shape) : graph.floats(values, shape);
}

/** `value` as a tensor of the graph, whatever it was. */
export function flowing(graph: GraphBuilder, value: Constant | Flow): Flow {
  if (value.kind === 'flow') return value;
  const order = naturalOrder(value.shape.length);
  const { type, shape } = value;
  return { kind: 'flow', type, shape, order, name: laidConstant(graph, value, order) };
}

/** A new tensor that lies as `like` does. */
export function lyingAs(like: Flow, name: string, shape: readonly number[] = like.shape): Flow {
  return { kind: 'flow', type: like.type, shape, order: like.order, name };
}

/** A new tensor that lies as TensorFlow has it. */
export function plain(name: string, shape: readonly number[], type: Flow['type'] = 'float'): Flow {
  return { kind: 'flow', type, shape, order: naturalOrder(shape.length), name };
}

/**
 * The numbers of `value`, in TensorFlow's order, as a tensor of another shape with as many elements. Dimensions that are
 * split or merged need lie together only among themselves, so that most reshapes move nothing.
 */
export function reshaped(graph: GraphBuilder, value: Flow, shape: readonly number[]): Flow {
  if (sameList(value.shape, shape)) return value;
  const groups = groupsOf(value.shape, shape);
  const lying = solid(value.order, value.shape);
  const sorted = groups.toSorted((a, b) => firstOf(a.from, lying) - firstOf(b.from, lying));
  const from = sorted.flatMap((group) => group.from);
  const source = sameList(from, lying)
    ? value
    : { ...value, name: arranged(graph, value, whole(from, value.shape)), order: whole(from, value.shape) };
  const order = whole(
    sorted.flatMap((group) => group.to),
    shape,
  );
  const sizes = order.map((axis) => shape[axis] ?? 1);
  return {
    kind: 'flow',
    type: value.type,
    shape,
    order,
    name: shapedAs(graph, source.name, lyingShape(source), sizes),
  };
}

function firstOf(axes: readonly number[], lying: readonly number[]): number {
  return Math.min(...axes.map((axis) => lying.indexOf(axis)));
}

/** Dimensions that come out of one another: the smallest groups whose products are equal. Dimensions of size 1 are in no group. */
function groupsOf(before: readonly number[], after: readonly number[]): { from: number[]; to: number[] }[] {
  const groups: { from: number[]; to: number[] }[] = [];
  let group = { from: [] as number[], to: [] as number[] };
  let left = 1;
  let right = 1;
  const close = () => {
    groups.push(group);
    group = { from: [], to: [] };
    left = 1;
    right = 1;
  };
  const to = solid(naturalOrder(after.length), after);
  for (const axis of solid(naturalOrder(before.length), before)) {
    group.from.push(axis);
    left *= before[axis] ?? 1;
    while (right < left && to.length > 0) {
      const next = to.shift() ?? 0;
      group.to.push(next);
      right *= after[next] ?? 1;
    }
    if (left === right) close();
  }
  return groups;
}

/**
 * All dimensions of `shape` in an order that has `laid`, those of more than one element, as they stand. Images lie with
 * their channels first where that is possible.
 */
function whole(laid: readonly number[], shape: readonly number[]): number[] {
  const image = shape.length === 4 && (shape[3] !== 1 || shape[1] === 1 || shape[2] !== 1);
  if (image && sameList(solid(CHANNELS_FIRST, shape), laid)) return [...CHANNELS_FIRST];
  const order = [...laid];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) continue;
    const next = order.indexOf(axis + 1);
    order.splice(next === -1 ? order.length : next, 0, axis);
  }
  return order;
}

/**
 * What ONNX takes for a shape that may depend on the batch, where it is not a Reshape's: a constant, or the batch of
 * the tensor `input` put among constants when the network runs.
 */
export function shapeTensor(graph: GraphBuilder, shape: readonly number[], input: string): string {
  if (!shape.some(isBatched)) return graph.integers(shape);
  const batch = graph.shared('Slice', [
    graph.shared('Shape', [input]),
    graph.integers([0]),
    graph.integers([1]),
  ]);
  const parts = shape.map((size) => {
    if (!isBatched(size)) return graph.integers([size]);
    return size === BATCH ? batch : graph.shared('Mul', [batch, graph.integers([size / BATCH])]);
  });
  return graph.shared('Concat', parts, { axis: int(0) });
}
