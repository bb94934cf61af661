import { type AttributeMap, int, ints } from '../builder.js';
import { counted, product } from '../shapes/list.js';
import { extentOf, reachOf, transposedWindowOf, type Window, windowOf } from '../shapes/window.js';
import { reshape, sum, transpose } from './formula.js';
import { part } from './rearrangements.js';
import type { Call, Rule, Share } from './rule.js';

/**
 * Convolutions. With weights [filters, channels of a group, …kernel]: the gradient by the image is the transposed convolution
 * of the gradient, the one by the weights a convolution of the image by the gradient (V. Dumoulin, F. Visin, "A guide to
 * convolution arithmetic for deep learning", arXiv:1603.07285).
 */
export const convolution: Rule = (call) => {
  const [x = '', weights = ''] = call.inputs;
  const [, , ...size] = call.shape(x);
  const window = windowOf(call.attributes, call.shape(weights).slice(2), size);
  return [
    imageShare(
      call,
      { name: () => weights, shape: call.shape(weights), values: call.floats(weights) },
      window,
    ),
    () => weightGradient(call, { name: x, shape: call.shape(x) }, call.gradient(), weights, window),
    () => biasGradient(call),
  ];
};

export const transposedConvolution: Rule = (call) => {
  const [x = '', weights = ''] = call.inputs;
  const [, , ...steps] = call.shape(x);
  const window = transposedWindowOf(call.attributes, call.shape(weights).slice(2), steps);
  const group = int(call.attributes.number('group', 1));
  return [
    () => {
      const found = call.graph.node('Conv', [call.gradient(), weights], {
        ...moving(window),
        ...pads(window),
        group,
      });
      return window.steps.reduce((y, count, i) => trimmed(call, y, window, i, count), found);
    },
    () =>
      weightGradient(
        call,
        { name: call.gradient(), shape: call.shape(call.outputs[0] ?? '') },
        x,
        weights,
        window,
      ),
    () => biasGradient(call),
  ];
};

const groupsOf = (call: Call) => call.attributes.number('group', 1);

function moving({ strides, dilations }: Window): AttributeMap {
  return { strides: ints(strides), dilations: ints(dilations) };
}

const pads = ({ before, after }: Window): AttributeMap => ({ pads: ints([...before, ...after]) });

/** An output padding of a stride or more makes a convolution back take more steps than there were. */
function trimmed(call: Call, y: string, window: Window, i: number, count: number): string {
  const { strides, before, after, size } = window;
  const free = (size[i] ?? 0) + (before[i] ?? 0) + (after[i] ?? 0) - extentOf(window, i);
  return Math.floor(free / (strides[i] ?? 1)) + 1 === count ? y : part(call, y, 2 + i, 0, count);
}

/** The weights of a convolution. */
export interface Weights {
  /** [filters, channels of a group, …kernel]. */
  readonly shape: readonly number[];
  /** Their numbers, where they are constant. */
  readonly values: Float32Array | undefined;
  /** What they are called, should they be needed as they are. */
  name(): string;
}

/** Fewer channels than this are not worth a convolution in ONNX Runtime's blocked layout. */
const FEW = 8;

/** The gradient by the image, from the one of what the convolution gives. */
export function imageShare(
  call: Call,
  { name, shape, values }: Weights,
  window: Window,
  gradient = () => call.gradient(),
): Share {
  const whole = counted(window.kernel.length);
  const room = whole.map((i) => extentOf(window, i) - 1);
  const isPlain = window.strides.every((stride) => stride === 1);
  const fits = whole.every(
    (i) => (window.before[i] ?? 0) <= (room[i] ?? 0) && (window.after[i] ?? 0) <= (room[i] ?? 0),
  );
  // ONNX Runtime computes sixteen channels at a time: of an image of one or three, most would be for nothing.
  const isThin = groupsOf(call) === 1 && (shape[1] ?? 1) < FEW;
  if (values === undefined || !isPlain || !fits || isThin) {
    return { make: () => transposedOf(call, gradient(), name(), window, groupsOf(call)) };
  }
  // With stride 1 the transpose is a convolution too, by the weights turned by 180° with filters and channels exchanged.
  const groups = groupsOf(call);
  const turned = turnedWeights(values, shape, groups);
  const [filters = 1, channels = 1, ...kernel] = shape;
  const convolved = (from: number, to: number) => {
    const each = product([filters / groups, ...kernel]);
    const constant = call.graph.floats(turned.subarray(from * each, to * each), [
      to - from,
      filters / groups,
      ...kernel,
    ]);
    return call.graph.node('Conv', [gradient(), constant], {
      dilations: ints(window.dilations),
      pads: ints([
        ...whole.map((i) => (room[i] ?? 0) - (window.before[i] ?? 0)),
        ...whole.map((i) => (room[i] ?? 0) - (window.after[i] ?? 0)),
      ]),
      group: int(groups),
    });
  };
  const make = () => convolved(0, channels * groups);
  return groups === 1 ? { make, channels: convolved } : { make };
}

/** [filters, channels, …kernel] in `groups` as [channels · groups, filters / groups, …kernel], each kernel backwards. */
export function turnedWeights(values: Float32Array, shape: readonly number[], groups: number): Float32Array {
  const [filters = 1, channels = 1, ...kernel] = shape;
  const length = product(kernel);
  const each = filters / groups;
  const turned = new Float32Array(values.length);
  for (let filter = 0; filter < filters; filter++) {
    const group = Math.floor(filter / each);
    for (let channel = 0; channel < channels; channel++) {
      const from = (filter * channels + channel) * length;
      const to = ((group * channels + channel) * each + (filter % each)) * length;
      for (let i = 0; i < length; i++) turned[to + i] = values[from + length - 1 - i] ?? 0;
    }
  }
  return turned;
}

/** The transpose of a window's convolution, whatever its stride: a ConvTranspose to just the size that it came from. */
export function transposedOf(
  call: Call,
  gradient: string,
  weights: string,
  window: Window,
  groups: number,
): string {
  const { before, size } = window;
  const tails = size.map((length, i) => length + (before[i] ?? 0) - reachOf(window, i));
  return call.graph.node('ConvTranspose', [gradient, weights], {
    ...moving(window),
    pads: ints([...before, ...tails.map((tail) => Math.max(0, -tail))]),
    output_padding: ints(tails.map((tail) => Math.max(0, tail))),
    group: int(groups),
  });
}

/**
 * The gradient by the weights. Channels take the place of images and images that of channels: the image is convolved by the
 * gradient, moving by the dilation and dilated by the stride; each group has its own images.
 */
function weightGradient(
  call: Call,
  { name: x, shape }: { readonly name: string; readonly shape: readonly number[] },
  gradient: string,
  weights: string,
  window: Window,
): string {
  const { kernel, strides, dilations, before, after } = window;
  const groups = groupsOf(call);
  const [, channels = 1] = call.shape(weights);
  const rank = kernel.length + 2;
  const space = counted(rank).slice(2);
  const rows = [channels, (shape[0] ?? 1) * groups, ...shape.slice(2)];
  const apart = reshape(call, x, [shape[0] ?? 1, groups, channels, ...shape.slice(2)]);
  const image =
    groups === 1
      ? transpose(call, x, [1, 0, ...space])
      : reshape(call, transpose(call, apart, [2, 1, 0, ...space.map((axis) => axis + 1)]), rows);
  const filter = transpose(call, gradient, [1, 0, ...space]);
  const found = call.graph.node('Conv', [image, filter], {
    strides: ints(dilations),
    dilations: ints(strides),
    pads: ints([...before, ...after]),
    group: int(groups),
  });
  // Where the stride does not divide the image, numbers that no window looked at leave a margin.
  const used = kernel.reduce((all, length, i) => part(call, all, 2 + i, 0, length), found);
  return transpose(call, used, [1, 0, ...space]);
}

function biasGradient(call: Call): string {
  const shape = call.shape(call.outputs[0] ?? '');
  const axes = counted(shape.length).filter((axis) => axis !== 1);
  return reshape(call, sum(call, call.gradient(), axes), [shape[1] ?? 1]);
}
