import type { NodeAttributes } from '../attributes.js';

/**
 * How a window moves over an image, one number a spatial dimension: `size` numbers of the input and `steps` positions.
 * Padding is what the node itself says or what its `auto_pad` comes to
 * (https://onnx.ai/onnx/operators/onnx__Conv.html).
 */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly size: readonly number[];
  readonly steps: readonly number[];
}

/** Numbers from the first to the last that a window looks at along dimension `i`. */
export function extentOf({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>, i: number): number {
  return ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
}

/** The same of all positions of a window: numbers from the first of the first to the last of the last. */
export function reachOf(window: Omit<Window, 'before' | 'after' | 'size'>, i: number): number {
  return ((window.steps[i] ?? 1) - 1) * (window.strides[i] ?? 1) + extentOf(window, i);
}

/** The window of Conv, MaxPool and their kin over an image of `size`. */
export function windowOf(
  attributes: NodeAttributes,
  kernel: readonly number[],
  size: readonly number[],
): Window {
  const { strides, dilations, pads, autoPad } = frame(attributes, kernel.length);
  const ceil = attributes.flag('ceil_mode');
  const before: number[] = [];
  const after: number[] = [];
  const steps = size.map((length, i) => {
    const stride = strides[i] ?? 1;
    const extent = extentOf({ kernel, dilations }, i);
    if (autoPad.startsWith('SAME')) {
      const count = Math.ceil(length / stride);
      const total = Math.max(0, (count - 1) * stride + extent - length);
      const small = Math.floor(total / 2);
      before.push(autoPad === 'SAME_UPPER' ? small : total - small);
      after.push(autoPad === 'SAME_UPPER' ? total - small : small);
      return count;
    }
    const valid = autoPad === 'VALID';
    before.push(valid ? 0 : (pads[i] ?? 0));
    after.push(valid ? 0 : (pads[kernel.length + i] ?? 0));
    const free = length + (before[i] ?? 0) + (after[i] ?? 0) - extent;
    const count = (ceil ? Math.ceil(free / stride) : Math.floor(free / stride)) + 1;
    // A window that would start behind the image is none.
    return ceil && (count - 1) * stride >= length + (before[i] ?? 0) ? count - 1 : count;
  });
  return { kernel, strides, dilations, before, after, size, steps };
}

/**
 * The window of a ConvTranspose whose input is of `steps`: the window of the convolution that it is the transpose of,
 * so `size` is what it gives (https://onnx.ai/onnx/operators/onnx__ConvTranspose.html).
 */
export function transposedWindowOf(
  attributes: NodeAttributes,
  kernel: readonly number[],
  steps: readonly number[],
): Window {
  const { strides, dilations, pads, autoPad } = frame(attributes, kernel.length);
  const extra = attributes.numbers('output_padding') ?? [];
  const wanted = attributes.numbers('output_shape')?.slice(-kernel.length);
  const before: number[] = [];
  const after: number[] = [];
  const size = steps.map((count, i) => {
    const stride = strides[i] ?? 1;
    const full = reachOf({ kernel, strides, dilations, steps }, i) + (extra[i] ?? 0);
    const given = wanted?.[i] ?? (autoPad.startsWith('SAME') ? count * stride : undefined);
    if (given === undefined) {
      const valid = autoPad === 'VALID';
      before.push(valid ? 0 : (pads[i] ?? 0));
      after.push(valid ? 0 : (pads[kernel.length + i] ?? 0));
      return full - (before[i] ?? 0) - (after[i] ?? 0);
    }
    const total = Math.max(0, full - given);
    const small = Math.floor(total / 2);
    before.push(autoPad === 'SAME_UPPER' ? small : total - small);
    after.push(autoPad === 'SAME_UPPER' ? total - small : small);
    return given;
  });
  return { kernel, strides, dilations, before, after, size, steps };
}

function frame(attributes: NodeAttributes, rank: number) {
  const ones = Array.from({ length: rank }, () => 1);
  return {
    strides: attributes.numbers('strides') ?? ones,
    dilations: attributes.numbers('dilations') ?? ones,
    pads: attributes.numbers('pads') ?? [],
    autoPad: attributes.text('auto_pad', 'NOTSET'),
  };
}
