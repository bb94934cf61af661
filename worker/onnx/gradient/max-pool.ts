import { type GraphBuilder, int, ints, text } from '../builder.js';
import { counted, product } from '../shapes/list.js';
import { type Window, windowOf } from '../shapes/window.js';
import { ELEMENT } from '../tensor.js';
import { greater, reshape, where } from './formula.js';
import { part } from './rearrangements.js';
import type { Call, Rule } from './rule.js';

/** The window of a pool. */
export function poolWindow(call: Call): Window {
  const size = call.shape(call.inputs[0] ?? '').slice(2);
  return windowOf(call.attributes, call.attributes.numbers('kernel_shape') ?? [], size);
}

/** Each window's gradient is added to where its largest number was: the first of several. */
export const maxPool: Rule = (call) => {
  const { inputs, outputs } = call;
  const [x = ''] = inputs;
  const [y = ''] = outputs;
  if (call.has(1)) throw call.refusal('its indices are used too');
  const window = poolWindow(call);
  if (!isSquare(window, call.attributes.flag('ceil_mode'))) return [() => byIndices(call, x, window)];
  // Where a Relu gives the numbers, those at 0 pass nothing on: told here, of the fewer numbers that the windows give.
  const masked = givesRelu(call, x);
  const share = (image: string, largest: string, gradient: string, channels: number) => {
    const places = placesByPhases(call, image, largest, channels, window);
    const passed = masked ? where(call, greater(call, largest, 0), gradient, 0) : gradient;
    return scattered(call, image, places, passed, window);
  };
  return [
    {
      masked,
      make: () => share(x, y, call.gradient(), call.shape(x)[1] ?? 1),
      channels: (from, to) =>
        share(channelsOf(call, x, from, to), part(call, y, 1, from, to), call.channels(from, to), to - from),
    },
  ];
};

/** Whether all numbers of a value come from a Relu. */
function givesRelu(call: Call, name: string): boolean {
  const giver = call.giver(name);
  if (giver?.opType === 'Concat') return giver.input?.every((each) => givesRelu(call, each)) ?? false;
  return giver?.opType === 'Relu';
}

/** Channels of a value: what a Concat joined, where that is all of them. */
function channelsOf(call: Call, name: string, from: number, to: number): string {
  const giver = call.giver(name);
  let start = 0;
  for (const each of giver?.opType === 'Concat' ? (giver.input ?? []) : []) {
    const end = start + (call.shape(each)[1] ?? 0);
    if (start === from && end === to) return each;
    start = end;
  }
  return part(call, name, 1, from, to);
}

/**
 * Windows of two dimensions that move alike along both, of several numbers. Not where a
 * window that would start behind the image is left out: ONNX's own inference of shapes counts it.
 */
function isSquare(
  { kernel, strides, dilations, before, after, size, steps }: Window,
  ceil: boolean,
): boolean {
  const [stride = 1] = strides;
  const alike = strides[1] === stride && dilations[0] === dilations[1];
  const all = steps.every((count, i) => {
    const reach = ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
    const free = (size[i] ?? 0) + (before[i] ?? 0) + (after[i] ?? 0) - reach;
    return !ceil || count === Math.ceil(free / stride) + 1;
  });
  return kernel.length === 2 && alike && all && product(kernel) > 1;
}

/** By the indices that ONNX Runtime's MaxPool gives, counted through all channels and images. */
function byIndices(call: Call, x: string, window: Window): string {
  const { graph, attributes } = call;
  const [, indices = ''] = graph.split('MaxPool', [x], 2, {
    kernel_shape: ints(window.kernel),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints([...window.before, ...window.after]),
    ceil_mode: int(attributes.number('ceil_mode', 0)),
  });
  const flat = (name: string) => graph.node('Reshape', [name, graph.integers([-1])]);
  const zeros = graph.node('ConstantOfShape', [flat(graph.node('Size', [x]))]);
  const found = graph.node('ScatterElements', [zeros, flat(indices), flat(call.gradient())], {
    axis: int(0),
    reduction: text('add'),
  });
  return graph.node('Reshape', [found, graph.node('Shape', [x])]);
}

/**
 * Of each window, the place of its largest number in its channel, counted row by row: [N, channels, …steps]. By comparisons,
 * which take a tenth of the time on a CPU, where ONNX Runtime's MaxPool is slow when it tells indices: for each place in a
 * window, the numbers that all windows have there are compared with their largest ones. Taking every s-th number is slow
 * too, so the image is first split into the s² phases of its stride.
 */
function placesByPhases(call: Call, x: string, y: string, channels: number, window: Window): string {
  const { graph } = call;
  const [columns = 1, dilation = 1, stride = 1] = [window.kernel[1], window.dilations[0], window.strides[0]];
  const [steps = 1, width = 1] = [window.steps[1], window.size[1]];
  const [above = 0, left = 0] = window.before;
  const phases = phasesOf(call, x, channels, window);
  const inWindow = counted(product(window.kernel)).map((k) => ({
    row: Math.floor(k / columns) * dilation,
    column: (k % columns) * dilation,
  }));
  // How far each number is from its window's corner; bytes are the fastest to choose from.
  const far = inWindow.map(({ row, column }) => row * width + column);
  const number = (at: number) => (Math.max(...far) <= 255 ? graph.byte(at) : graph.int32(at));
  const offset = inWindow.reduceRight((others, { row, column }, k) => {
    const phase = (row % stride) * stride + (column % stride);
    const { name, first } = phases(phase);
    const start = [first, Math.floor(row / stride), Math.floor(column / stride)];
    const extent = [channels, ...window.steps];
    const end = start.map((from, i) => from + (extent[i] ?? 0));
    const numbers = graph.node('Slice', [
      name,
      ...[start, end, [1, 2, 3]].map((list) => graph.integers(list)),
    ]);
    const own = number(far[k] ?? 0);
    return others === '' ? own : graph.node('Where', [graph.node('Equal', [numbers, y]), own, others]);
  }, '');
  const corners = counted(product(window.steps)).map((i) => {
    const [a, b] = [Math.floor(i / steps), i % steps];
    return (a * stride - above) * width + b * stride - left;
  });
  const corner = graph.node('Reshape', [graph.integers(corners), graph.integers([1, 1, ...window.steps])]);
  return graph.node('Add', [graph.node('Cast', [offset], { to: int(ELEMENT.int64) }), corner]);
}

/** The lowest number of float32: it is the largest of no window. */
const LOWEST = -3.4028234663852886e38;

/** An image of every s-th row and column: the channels from `first` on of a value. */
interface Phase {
  readonly name: string;
  readonly first: number;
}

/** An image, padded, as the images of its rows and columns that are equal modulo the stride, row by row. */
function phasesOf(call: Call, x: string, channels: number, window: Window): (phase: number) => Phase {
  const { graph } = call;
  const { kernel, strides, dilations, before, steps, size } = window;
  const [stride = 1] = strides;
  const reach = steps.map(
    (count, i) => (count - 1) * stride + ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1,
  );
  const after = size.map(
    (length, i) => Math.ceil((reach[i] ?? 0) / stride) * stride - (before[i] ?? 0) - length,
  );
  const isInside = size.every((length, i) => before[i] === 0 && (reach[i] ?? 0) <= length);
  // In the layout that it has between convolutions, which is by sixteen channels.
  if (call.exact && isInside && stride > 1 && channels % 16 === 0) {
    const names = counted(stride * stride).map((phase) => pickedBy(graph, x, channels, stride, phase, after));
    return (phase) => ({ name: names[phase] ?? '', first: 0 });
  }
  const isWhole = [...before, ...after].every((count) => count === 0);
  const pads = graph.integers([0, 0, ...before, 0, 0, ...after]);
  const padded = isWhole ? x : graph.node('Pad', [x, pads, graph.scalar(LOWEST)]);
  const name = stride === 1 ? padded : graph.node('SpaceToDepth', [padded], { blocksize: int(stride) });
  return (phase) => ({ name, first: phase * channels });
}

/** One phase by a convolution with a single one. */
function pickedBy(
  graph: GraphBuilder,
  x: string,
  channels: number,
  stride: number,
  phase: number,
  after: readonly number[],
): string {
  const length = stride * stride;
  const ones = Float32Array.from({ length: channels * length }, (_, i) => (i % length === phase ? 1 : 0));
  return graph.node('Conv', [x, graph.floats(ones, [channels, 1, stride, stride])], {
    group: int(channels),
    strides: ints([stride, stride]),
    pads: ints([0, 0, ...after.map((count) => Math.max(0, count))]),
  });
}

/** Adds each window's gradient to its place in an image of zeros like `x`. */
function scattered(call: Call, x: string, places: string, gradient: string, { size, steps }: Window): string {
  const { graph } = call;
  const rows = (name: string, length: number) => reshape(call, name, [-1, length]);
  const shape = graph.node('Shape', [rows(x, product(size))]);
  const inputs = [
    graph.node('ConstantOfShape', [shape]),
    ...[places, gradient].map((name) => rows(name, product(steps))),
  ];
  const found = graph.node('ScatterElements', inputs, { axis: int(1), reduction: text('add') });
  return graph.node('Reshape', [found, graph.node('Shape', [x])]);
}
