import { type GraphBuilder, ints } from '../../onnx/builder.js';

/**
 * A tensor on its way through the graph that is being built. `shape` is TensorFlow's, without the batch. A tensor of
 * rank 3, [height, width, channels], lies in the ONNX graph as [batch, channels, height, width], which is what ONNX's
 * convolutions take, unless it is `straight`; any other rank lies as TensorFlow has it.
 */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of rank 3: lies in the ONNX graph as TensorFlow has it, which is what images with their channels first do. */
  readonly straight?: boolean;
  /** Of an image that got zeros all round: what it was before, so that a convolution can add them on its way. */
  readonly bare?: { readonly name: string; readonly pads: Pads };
}

/** Rows or columns on each side: top, left, bottom, right, as ONNX orders them. */
export type Pads = readonly [number, number, number, number];

/** Whether [h, w, c] and [c, h, w] are the same numbers in the same order. */
function orderless([height = 1, width = 1, channels = 1]: readonly number[]): boolean {
  return channels === 1 || height * width === 1;
}

/** The name of `value` with its numbers in TensorFlow's order; of its dimensions nothing is promised. */
export function inTensorflowOrder(graph: GraphBuilder, value: Value): string {
  return isPlanar(value) && !orderless(value.shape) ? straightened(graph, value).name : value.name;
}

/** A value of this shape from a tensor of TensorFlow's dimensions. */
export function fromTensorflow(graph: GraphBuilder, name: string, shape: readonly number[]): Value {
  if (shape.length !== 3) return { name, shape };
  if (orderless(shape)) return reshaped(graph, name, shape);
  return { name: graph.node('Transpose', [name], { perm: ints([0, 3, 1, 2]) }), shape };
}

/** A value of this shape from a tensor of any dimensions, whose numbers are in TensorFlow's order. */
export function reshaped(graph: GraphBuilder, name: string, shape: readonly number[]): Value {
  const asItLies = shape.length === 3 && orderless(shape) ? channelsFirst(shape) : shape;
  const plain = graph.node('Reshape', [name, graph.integers([-1, ...asItLies])]);
  return asItLies === shape ? fromTensorflow(graph, plain, shape) : { name: plain, shape };
}

/** Whether the last of TensorFlow's dimensions lies first after the batch. */
export function isPlanar({ shape, straight }: Value): boolean {
  return shape.length === 3 && straight !== true;
}

/** The same tensor, lying as TensorFlow has it. */
export function straightened(graph: GraphBuilder, value: Value): Value {
  const { name, shape } = value;
  if (!isPlanar(value)) return value;
  return { name: graph.node('Transpose', [name], { perm: ints([0, 2, 3, 1]) }), shape, straight: true };
}

/** The same tensor, the last of its three dimensions lying first after the batch. */
export function planar(graph: GraphBuilder, value: Value): Value {
  return value.straight === true ? fromTensorflow(graph, value.name, value.shape) : value;
}

/** Where the dimension `index` of TensorFlow's, counted without the batch, lies in ONNX, counted with it. */
export function axisOf(value: Value, index: number): number {
  return isPlanar(value) ? ((index + 1) % 3) + 1 : index + 1;
}

/** [h, w, c] as [c, h, w]. */
export function channelsFirst([height = 1, width = 1, channels = 1]: readonly number[]): readonly number[] {
  return [channels, height, width];
}

/** The dimensions after the batch as they lie in ONNX. */
export function dimsOf(value: Value): readonly number[] {
  return isPlanar(value) ? channelsFirst(value.shape) : value.shape;
}
