import { product } from '../../shapes/list.js';
import type { Window } from '../../shapes/window.js';
import { transposedOf } from '../convolution.js';
import { div, mul } from '../formula.js';
import type { Rule } from '../rule.js';
import { poolWindow } from './max-pool.js';

/** Pools that take the mean of each window. */

/** Each window's gradient is shared out to the numbers that its mean was taken over. */
export const averagePool: Rule = (call) => {
  const window = poolWindow(call);
  const [, channels = 1] = call.shape(call.inputs[0] ?? '');
  const all = call.attributes.flag('count_include_pad');
  // A single window over everything: one number for all.
  const isGlobal =
    product(window.steps) === 1 && window.kernel.every((length, i) => length === window.size[i]);
  if (isGlobal) return [{ make: () => div(call, call.gradient(), product(window.size)), loose: true }];
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
