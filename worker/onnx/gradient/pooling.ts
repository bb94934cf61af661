import { int, ints, text } from '../builder.js';
import { product } from '../shapes/list.js';
import { type Window, windowOf } from '../shapes/window.js';
import { transposedOf } from './convolution.js';
import { div, mul, reshape } from './formula.js';
import type { Call, Rule } from './rule.js';

/** Pools: the largest and the mean of each window. */

function windowOfPool(call: Call): Window {
  const size = call.shape(call.inputs[0] ?? '').slice(2);
  return windowOf(call.attributes, call.attributes.numbers('kernel_shape') ?? [], size);
}

/** Each window's gradient is added to where its largest number was: the first of several. */
export const maxPool: Rule = (call) => {
  const { graph, inputs, outputs } = call;
  const [x = ''] = inputs;
  const window = windowOfPool(call);
  return [
    () => {
      const [, places = ''] = graph.split('MaxPool', [x], 2, {
        kernel_shape: ints(window.kernel),
        strides: ints(window.strides),
        dilations: ints(window.dilations),
        pads: ints([...window.before, ...window.after]),
        ceil_mode: int(call.attributes.number('ceil_mode', 0)),
      });
      if (call.shape(outputs[0] ?? '').length < 3) throw call.refusal('it has no window');
      const flat = (name: string) => reshape(call, name, [-1]);
      const nothing = graph.node('ConstantOfShape', [reshape(call, graph.shared('Size', [x]), [1])]);
      const found = graph.node('ScatterElements', [nothing, flat(places), flat(call.gradient())], {
        axis: int(0),
        reduction: text('add'),
      });
      return graph.node('Reshape', [found, graph.shared('Shape', [x])]);
    },
  ];
};

/** Each window's gradient is shared out to the numbers that its mean was taken over. */
export const averagePool: Rule = (call) => {
  const window = windowOfPool(call);
  const [, channels = 1] = call.shape(call.inputs[0] ?? '');
  const all = call.attributes.flag('count_include_pad');
  return [
    () => {
      const gradient = call.gradient();
      const counts = countsOf(window, all, call.attributes.flag('ceil_mode'));
      const even = counts.every((count) => count === counts[0]);
      const shared = even
        ? div(call, gradient, counts[0] ?? 1)
        : mul(
            call,
            gradient,
            call.graph.floats(
              Float32Array.from(counts, (count) => 1 / count),
              window.steps,
            ),
          );
      const length = product(window.kernel);
      const ones = call.graph.floats(new Float32Array(channels * length).fill(1), [
        channels,
        1,
        ...window.kernel,
      ]);
      return transposedOf(call, shared, ones, window, channels);
    },
  ];
};

/** How many numbers each window's mean is taken over, in row-major order; `padded`: those of the padding count too. */
function countsOf(window: Window, padded: boolean, ceil: boolean): number[] {
  const perAxis = window.steps.map((steps, i) => {
    const [kernel = 1, stride = 1, dilation = 1] = [window.kernel[i], window.strides[i], window.dilations[i]];
    const [before = 0, after = 0, size = 0] = [window.before[i], window.after[i], window.size[i]];
    // Rounded up, the last window may reach behind the padding, where nothing counts.
    const [least, most] = padded ? [-before, ceil ? size + after : Number.POSITIVE_INFINITY] : [0, size];
    return Array.from({ length: steps }, (_, step) => {
      const start = step * stride - before;
      return Array.from({ length: kernel }, (__, k) => start + k * dilation).filter(
        (at) => at >= least && at < most,
      ).length;
    });
  });
  return perAxis.reduce<number[]>((all, counts) => all.flatMap((a) => counts.map((b) => a * b)), [1]);
}
