import { type GraphBuilder, int, ints, text } from '../../builder.js';
import { counted, product } from '../../shapes/list.js';
import { reachOf, type Window } from '../../shapes/window.js';
import { ELEMENT } from '../../tensor.js';
import { reshape } from '../formula.js';
import type { Call } from '../rule.js';
import { LOWEST, offsetsOf, type Pooled } from './pooled.js';

/** The gradient of a MaxPool on a CPU: the places of the largest numbers are found as integers, and the windows' gradients added there. */
export function byPlaces(call: Call, { image, largest, gradient, channels, window }: Pooled): string {
  return scattered(call, image, placesByPhases(call, image, largest, channels, window), gradient, window);
}

/**
 * Of each window, the place of its largest number in its channel, counted row by row: [N, channels, …steps]. By comparisons,
 * which take a tenth of the time on a CPU, where ONNX Runtime's MaxPool is slow when it tells indices: for each place in a
 * window, the numbers that all windows have there are compared with their largest ones. Taking every s-th number is slow
 * too, so the image is first split into the s² phases of its stride.
 */
function placesByPhases(call: Call, x: string, y: string, channels: number, window: Window): string {
  const { graph } = call;
  const [stride = 1] = window.strides;
  const [steps = 1, width = 1] = [window.steps[1], window.size[1]];
  const [above = 0, left = 0] = window.before;
  const phases = phasesOf(call, x, channels, window);
  const offsets = offsetsOf(window);
  // How far each number is from its window's corner; bytes are the fastest to choose from.
  const far = offsets.map(([row, column]) => row * width + column);
  const number = (at: number) => (Math.max(...far) <= 255 ? graph.byte(at) : graph.int32(at));
  const offset = offsets.reduceRight((others, [row, column], k) => {
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

/** An image of every s-th row and column: the channels from `first` on of a value. */
interface Phase {
  readonly name: string;
  readonly first: number;
}

/** An image, padded, as the images of its rows and columns that are equal modulo the stride, row by row. */
function phasesOf(call: Call, x: string, channels: number, window: Window): (phase: number) => Phase {
  const { graph } = call;
  const { strides, before, size } = window;
  const [stride = 1] = strides;
  const after = size.map(
    (length, i) => Math.ceil(reachOf(window, i) / stride) * stride - (before[i] ?? 0) - length,
  );
  const isInside = size.every((length, i) => before[i] === 0 && reachOf(window, i) <= length);
  // In the layout that it has between convolutions, which is by sixteen channels.
  if (isInside && stride > 1 && channels % 16 === 0) {
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
