import { int, text } from '../../builder.js';
import { counted } from '../../shapes/list.js';
import { reachOf, type Window } from '../../shapes/window.js';
import { add, sub, where, zeros } from '../formula.js';
import type { Call } from '../rule.js';
import { LOWEST, offsetsOf, type Pooled } from './pooled.js';

/**
 * The gradient of a MaxPool on a GPU, by floats alone: on WebGPU ONNX Runtime leaves bytes to the CPU, and to send
 * images there and back took nine tenths of the time of SqueezeNet's gradient. For each offset in a window, the
 * numbers that all windows have there are compared with their largest ones; the first that is equal takes the window's
 * gradient. What is taken at offsets that are equal modulo the stride is added up, and these images are woven into one.
 */
export function byOffsets(call: Call, { image, largest, gradient, window }: Pooled): string {
  const { graph } = call;
  const { before, size, steps } = window;
  const [stride = 1] = window.strides;
  const lengths = lengthsOf(window);
  const padded = pad(call, image, { before, size, lengths, value: LOWEST });
  const phases = new Map<number, string>();
  let rest = gradient;
  for (const offset of offsetsOf(window)) {
    const ends = offset.map((first, i) => first + ((steps[i] ?? 1) - 1) * stride + 1);
    const numbers = cut(call, padded, offset, ends, stride);
    const taken = where(call, graph.node('Equal', [numbers, largest]), rest, 0);
    rest = sub(call, rest, taken);
    const placed = pad(call, taken, {
      before: offset.map((each) => Math.floor(each / stride)),
      size: steps,
      lengths: lengths.map((length) => length / stride),
      value: 0,
    });
    const phase = offset.reduce((index, each) => index * stride + (each % stride), 0);
    const others = phases.get(phase);
    phases.set(phase, others === undefined ? placed : add(call, others, placed));
  }
  const woven = weave(call, phases, stride);
  const inside = before.every((count) => count === 0) && size.every((length, i) => length === lengths[i]);
  if (inside) return woven;
  return cut(
    call,
    woven,
    before,
    size.map((length, i) => length + (before[i] ?? 0)),
    1,
  );
}

/** Rows and columns of an image that holds all windows and all numbers, padded to a multiple of the stride. */
function lengthsOf(window: Window): number[] {
  return window.size.map((size, i) => {
    const stride = window.strides[i] ?? 1;
    return Math.ceil(Math.max(reachOf(window, i), (window.before[i] ?? 0) + size) / stride) * stride;
  });
}

/** Images whose rows and columns are those of one image that are equal modulo the stride, as that one. */
function weave(call: Call, phases: ReadonlyMap<number, string>, stride: number): string {
  const [any = ''] = phases.values();
  if (stride === 1) return any;
  const all = counted(stride * stride).map((phase) => phases.get(phase) ?? zeros(call, any));
  const joined = call.graph.node('Concat', all, { axis: int(1) });
  return call.graph.node('DepthToSpace', [joined], { blocksize: int(stride), mode: text('DCR') });
}

/** Rows and columns `from` … `to` − 1 of images, every `step`-th of them. */
function cut(
  { graph }: Call,
  x: string,
  from: readonly number[],
  to: readonly number[],
  step: number,
): string {
  return graph.node('Slice', [x, ...[from, to, [2, 3], [step, step]].map((each) => graph.integers(each))]);
}

/** Images of `size` with `before` rows and columns of `value` before them, and others behind, up to `lengths`. */
function pad(
  { graph }: Call,
  x: string,
  {
    before,
    size,
    lengths,
    value,
  }: Pick<Window, 'before' | 'size'> & { readonly lengths: readonly number[]; readonly value: number },
): string {
  const after = lengths.map((length, i) => length - (before[i] ?? 0) - (size[i] ?? 0));
  if ([...before, ...after].every((count) => count === 0)) return x;
  return graph.node('Pad', [x, graph.integers([0, 0, ...before, 0, 0, ...after]), graph.scalar(value)]);
}
