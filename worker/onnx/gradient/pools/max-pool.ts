import { int, ints, text } from '../../builder.js';
import { product } from '../../shapes/list.js';
import { extentOf, type Window, windowOf } from '../../shapes/window.js';
import { greater, where } from '../formula.js';
import { part } from '../rearrangements.js';
import type { Call, Rule } from '../rule.js';
import { byOffsets } from './by-offsets.js';
import { byPlaces } from './by-places.js';

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
  const spread = call.onCpu ? byPlaces : byOffsets;
  const share = (image: string, largest: string, gradient: string, channels: number) => {
    const passed = masked ? where(call, greater(call, largest, 0), gradient, 0) : gradient;
    return spread(call, { image, largest, gradient: passed, channels, window });
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
function isSquare(window: Window, ceil: boolean): boolean {
  const { kernel, strides, dilations, before, after, size, steps } = window;
  const [stride = 1] = strides;
  const alike = strides[1] === stride && dilations[0] === dilations[1];
  const all = steps.every((count, i) => {
    const free = (size[i] ?? 0) + (before[i] ?? 0) + (after[i] ?? 0) - extentOf(window, i);
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
