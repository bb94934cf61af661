import { int } from '../builder.js';
import { frontAxis, product } from '../shapes/list.js';
import { windowOf } from '../shapes/window.js';
import { ELEMENT, elementName } from '../tensor.js';
import { imageShare } from './convolution.js';
import { div, fromZero, greater, mul, reshape, sub, transpose, unbroadcast, where } from './formula.js';
import { averagePool as meanPool } from './pools/mean-pool.js';
import { part, passedOn } from './rearrangements.js';
import type { Call, Rule, Term } from './rule.js';

/**
 * Networks in 8 bits. Rounding is taken for no change at all (straight through; Y. Bengio, N. Léonard, A. Courville,
 * arXiv:1308.3432); all else is differentiated as it is, so nothing passes where a number was cut off at an end of its range.
 * Bytes have gradients as the whole numbers that they are.
 */

/** y = saturate(round(x / scale) + zero). */
export const quantize: Rule = (call) => {
  const [, scale = ''] = call.inputs;
  return [() => div(call, unsaturated(call), perAxis(call, scale))];
};

/** The scale and the zero are found in the batch itself, and taken for constants. */
export const dynamicQuantize: Rule = (call) => {
  const [, scale = ''] = call.outputs;
  return call.has(0) ? [() => div(call, call.gradient(), scale)] : [];
};

/** y = (x − zero) scale. */
export const dequantize: Rule = (call) => {
  const [, scale = ''] = call.inputs;
  return [() => mul(call, call.gradient(), perAxis(call, scale))];
};

/** A scale a number of an axis, as it is broadcast. */
function perAxis(call: Call, scale: string): string {
  const sizes = call.shape(scale);
  if (product(sizes) === 1) return sizes.length === 0 ? scale : reshape(call, scale, []);
  if (sizes.length > 1 || call.attributes.number('block_size', 0) > 0)
    throw call.refusal('it has a scale a block');
  const rank = call.shape(call.inputs[0] ?? '').length;
  const axis = frontAxis(call.attributes.number('axis', 1), rank);
  return reshape(
    call,
    scale,
    Array.from({ length: rank }, (_, i) => (i === axis ? (sizes[0] ?? 1) : 1)),
  );
}

/** The least and the greatest integers of the types that numbers are quantised to. */
const RANGES: ReadonlyMap<number, readonly [number, number]> = new Map([
  [ELEMENT.uint8, [0, 255]],
  [ELEMENT.int8, [-128, 127]],
  [ELEMENT.uint16, [0, 65535]],
  [ELEMENT.int16, [-32768, 32767]],
  [ELEMENT.uint4, [0, 15]],
  [ELEMENT.int4, [-8, 7]],
]);

/** The gradient where the result is within its range; its type is that of its zero, or what the node says: bytes by default. */
function unsaturated(call: Call, zero = call.inputs[2] ?? ''): string {
  const [y = ''] = call.outputs;
  const type = call.element(zero) ?? call.attributes.number('output_dtype', ELEMENT.uint8);
  const range = RANGES.get(type || ELEMENT.uint8);
  if (range === undefined) throw call.refusal(`its numbers are ${elementName(type)}`);
  const value = call.graph.shared('Cast', [y], { to: int(ELEMENT.float) });
  const [least, most] = range;
  const within = call.graph.node('And', [greater(call, value, least), greater(call, most, value)]);
  return where(call, within, call.gradient(), 0);
}

/** The weights as real numbers, times a factor; undefined where they are not constant. One scale, or one a row of `axis`. */
function realWeights(call: Call, first: number, axis: number, factor: number): Float32Array | undefined {
  const [weights = '', scale = '', zero = ''] = call.inputs.slice(first);
  const [values, scales] = [call.bytes(weights), call.floats(scale)];
  if (values === undefined || scales === undefined) return undefined;
  const zeros = zero === '' ? undefined : call.bytes(zero);
  const shape = call.shape(weights);
  const run = product(shape.slice(axis + 1));
  return Float32Array.from(values, (value, i) => {
    const row = Math.floor(i / run) % (shape[axis] ?? 1);
    const at = <T>(list: ArrayLike<T>) => list[list.length === 1 ? 0 : row];
    return (value - Number(at(zeros ?? [0]) ?? 0)) * (at(scales) ?? 0) * factor;
  });
}

/** By how much a byte of input `x` counts for one of the result: the ratio of their scales. */
function ratio(call: Call, x: number, y: number): number {
  const [from, to] = [call.floats(call.inputs[x] ?? ''), call.floats(call.inputs[y] ?? '')];
  if (from?.length !== 1 || to?.length !== 1)
    throw call.refusal('its scales are computed, or differ by channel');
  return (from[0] ?? 1) / (to[0] ?? 1);
}

/** x, its scale and zero; w, its scales and zeros; the result's scale and zero; bias. */
export const convolution: Rule = (call) => {
  const [x = '', , , weights = '', , , , zero = ''] = call.inputs;
  const shape = call.shape(weights);
  const window = windowOf(call.attributes, shape.slice(2), call.shape(x).slice(2));
  const values = realWeights(call, 3, 0, ratio(call, 1, 6));
  if (values === undefined) throw call.refusal('its weights are computed');
  const name = () => call.graph.floats(values, shape);
  const { make } = imageShare(call, { shape, values, name }, window, () => unsaturated(call, zero));
  return [make];
};

/** a, its scale and zero; b, its scale and zero; the result's scale and zero. */
export const matrixProduct: Rule = (call) => {
  const [, , , weights = '', , , , zero = ''] = call.inputs;
  const shape = call.shape(weights);
  const values = realWeights(call, 3, shape.length - 1, ratio(call, 1, 6));
  if (values === undefined || shape.length !== 2) throw call.refusal('its second matrix is computed');
  return [
    () => {
      const turned = transpose(call, call.graph.floats(values, shape), [1, 0]);
      return call.graph.node('MatMul', [unsaturated(call, zero), turned]);
    },
  ];
};

/** a, its scale and zero; b, its scale and zero; c, a bias; the result's scale and zero, which real results lack. */
export const gemm: Rule = (call) => {
  const { attributes, inputs } = call;
  const [, , , weights = '', , , , scale = '', zero = ''] = inputs;
  const shape = call.shape(weights);
  const transB = attributes.flag('transB');
  const own = call.floats(inputs[1] ?? '')?.[0];
  const factor = scale === '' ? own : ratio(call, 1, 7);
  const values =
    factor === undefined
      ? undefined
      : realWeights(call, 3, transB ? 0 : 1, factor * attributes.number('alpha', 1));
  if (values === undefined || attributes.flag('transA')) throw call.refusal('its second matrix is computed');
  return [
    () => {
      const gradient = scale === '' ? call.gradient() : unsaturated(call, zero);
      const matrix = call.graph.floats(values, shape);
      return call.graph.node('MatMul', [gradient, transB ? matrix : transpose(call, matrix, [1, 0])]);
    },
  ];
};

/** a, its scale and zero; b, its scale and zero; the result's scale and zero. */
export const addition: Rule = (call) => {
  const { inputs, outputs } = call;
  const share = (i: number) => () => {
    const name = inputs[i] ?? '';
    const gradient = mul(call, unsaturated(call, inputs[7]), ratio(call, i + 1, 6));
    return unbroadcast(call, gradient, call.shape(outputs[0] ?? ''), call.shape(name));
  };
  return [share(0), undefined, undefined, share(3)];
};

/** x, its scale and zero; the result's scale and zero. */
export const globalAveragePool: Rule = (call) => {
  const [x = '', , , , zero = ''] = call.inputs;
  if (call.attributes.flag('channels_last')) throw call.refusal('channels come last');
  const size = product(call.shape(x).slice(2));
  return [{ make: () => mul(call, unsaturated(call, zero), ratio(call, 1, 3) / size), loose: true }];
};

/** The result's scale and zero; then each part, its scale and zero. */
export const concatenation: Rule = (call) => {
  const { inputs, outputs } = call;
  const shape = call.shape(outputs[0] ?? '');
  const axis = frontAxis(call.attributes.number('axis', 0), shape.length);
  let end = 0;
  return inputs.map((name, i): Term => {
    if (i < 2 || i % 3 !== 2) return undefined;
    const from = end;
    end += call.shape(name)[axis] ?? 0;
    const to = end;
    return () => mul(call, part(call, unsaturated(call, inputs[1]), axis, from, to), ratio(call, i + 1, 0));
  });
};

/** x, its scale and zero; the result's scale and zero. */
export const averagePool: Rule = (call) => {
  if (call.attributes.flag('channels_last')) throw call.refusal('channels come last');
  const gradient = () => mul(call, unsaturated(call, call.inputs[4]), ratio(call, 1, 3));
  return meanPool({ ...call, gradient }).slice(0, 1);
};

/** a, its scale and zero; b, its scale and zero; the result's scale and zero. */
export const multiplication: Rule = (call) => {
  const { inputs, outputs } = call;
  const real = (first: number) => {
    const [name = '', scale = '', zero = ''] = inputs.slice(first);
    return mul(call, fromZero(call, name, zero), scale);
  };
  const share = (own: number, other: number) => () => {
    const gradient = mul(call, unsaturated(call, inputs[7]), ratio(call, own + 1, 6));
    const found = mul(call, gradient, real(other));
    return unbroadcast(call, found, call.shape(outputs[0] ?? ''), call.shape(inputs[own] ?? ''));
  };
  return [share(0, 3), undefined, undefined, share(3, 0)];
};

/** x, its scale and zero; the result's scale and zero: s (1 − s) of the result s. */
export const sigmoid: Rule = (call) => {
  const { inputs, outputs } = call;
  return [
    () => {
      const [scale = '', zero = ''] = inputs.slice(3);
      const s = mul(call, fromZero(call, outputs[0] ?? '', zero), scale);
      const slope = mul(call, s, sub(call, 1, s));
      return mul(call, mul(call, call.gradient(), slope), ratio(call, 1, 3));
    },
  ];
};

/** x, its scale and zero; the result's scale and zero. */
export const leakyRelu: Rule = (call) => {
  const { inputs, outputs, attributes } = call;
  return [
    () => {
      const zero = inputs[4] ?? '';
      // The result is above its own zero where the number is above its.
      const positive = greater(call, fromZero(call, outputs[0] ?? '', zero), 0);
      const slope = where(call, positive, 1, attributes.number('alpha', 0.01));
      return mul(call, mul(call, unsaturated(call, zero), slope), ratio(call, 1, 3));
    },
  ];
};

/** Rounding by itself. */
export const rounding: Rule = passedOn;

/** A type of other numbers is rounding; truth values are steps. */
export const cast: Rule = (call) => (call.attributes.number('to', 0) === TRUTH ? [] : passedOn(call));

/** ONNX's number for truth values. */
const TRUTH = 9;
