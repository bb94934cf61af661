import { isBatched } from '../batch.js';
import { int } from '../builder.js';
import { counted, frontAxis, product } from '../shapes/list.js';
import { ELEMENT } from '../tensor.js';
import { div, exp, greater, mul, type Operand, pow, reshape, sub, sum, where } from './formula.js';
import type { Call, Rule } from './rule.js';

/** Sums, means and extrema over axes. */

interface Reduction {
  readonly x: string;
  readonly y: string;
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  /** A value of the result's shape with the axes as ones, so that it broadcasts to the input's. */
  whole(name: string): string;
}

function reductionOf(call: Call): Reduction {
  const { inputs, outputs, attributes } = call;
  const [x = '', list = ''] = inputs;
  const shape = call.shape(x);
  const given = attributes.numbers('axes') ?? (list === '' ? [] : call.integers(list));
  if (given === undefined) throw call.refusal('its axes are computed');
  const all = given.length === 0 && !attributes.flag('noop_with_empty_axes');
  const axes = all ? counted(shape.length) : given.map((axis) => frontAxis(axis, shape.length));
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const whole = (name: string) => (attributes.flag('keepdims', true) ? name : reshape(call, name, kept));
  return { x, y: outputs[0] ?? '', shape, axes, whole };
}

/** How many numbers become one: known only when it is run, where images are among them. */
function lengthOf({ graph }: Call, { x, y, shape, axes }: Reduction): Operand {
  const length = product(axes.map((axis) => shape[axis] ?? 1));
  if (!isBatched(length)) return length;
  const ratio = graph.node('Div', [graph.node('Size', [x]), graph.node('Size', [y])]);
  return graph.node('Cast', [ratio], { to: int(ELEMENT.float) });
}

export const reduceSum: Rule = (call) => {
  const reduction = reductionOf(call);
  return [{ make: () => reduction.whole(call.gradient()), loose: true }];
};

export const reduceMean: Rule = (call) => {
  const reduction = reductionOf(call);
  return [
    { make: () => div(call, reduction.whole(call.gradient()), lengthOf(call, reduction)), loose: true },
  ];
};

export const reduceSumSquare: Rule = (call) => {
  const reduction = reductionOf(call);
  return [() => mul(call, mul(call, 2, reduction.x), reduction.whole(call.gradient()))];
};

/** y = √Σx²: dx = g x / y, and nothing where all x are 0. */
export const reduceL2: Rule = (call) => {
  const reduction = reductionOf(call);
  return [
    () => {
      const ratio = div(call, call.gradient(), reduction.y);
      const finite = where(call, greater(call, reduction.y, 0), ratio, 0);
      return mul(call, reduction.x, reduction.whole(finite));
    },
  ];
};

/** y = Σ|x|: dx = g sign x. */
export const reduceL1: Rule = (call) => {
  const reduction = reductionOf(call);
  return [() => mul(call, call.graph.node('Sign', [reduction.x]), reduction.whole(call.gradient()))];
};

/** y = ln Σx: dx = g / eʸ. */
export const reduceLogSum: Rule = (call) => {
  const reduction = reductionOf(call);
  const share = () => div(call, call.gradient(), exp(call, reduction.y));
  return [{ make: () => reduction.whole(share()), loose: true }];
};

/** y = ln Σeˣ: dx = g eˣ⁻ʸ. */
export const reduceLogSumExp: Rule = (call) => {
  const reduction = reductionOf(call);
  return [
    () => {
      const parts = exp(call, sub(call, reduction.x, reduction.whole(reduction.y)));
      return mul(call, parts, reduction.whole(call.gradient()));
    },
  ];
};

/** ReduceMax, ReduceMin: where the extremum is; equals share. */
export const reduceExtremum: Rule = (call) => {
  const reduction = reductionOf(call);
  return [
    () =>
      shared(
        call,
        reduction.x,
        reduction.whole(reduction.y),
        reduction.whole(call.gradient()),
        reduction.axes,
      ),
  ];
};

export const globalMaxPool: Rule = (call) => {
  const [x = ''] = call.inputs;
  const axes = counted(call.shape(x).length).slice(2);
  return [() => shared(call, x, call.outputs[0] ?? '', call.gradient(), axes)];
};

function shared(call: Call, x: string, y: string, gradient: string, axes: readonly number[]): string {
  const chosen = call.graph.node('Equal', [x, y]);
  const ones = where(call, chosen, 1, 0);
  return where(call, chosen, div(call, gradient, sum(call, ones, axes)), 0);
}

/** Sums of all numbers up to each: the gradient is summed from the other end. */
export const cumulativeSum: Rule = (call) => {
  const [, axis = ''] = call.inputs;
  const { attributes } = call;
  return [
    () =>
      call.graph.node('CumSum', [call.gradient(), axis], {
        exclusive: int(attributes.number('exclusive', 0)),
        reverse: int(attributes.flag('reverse') ? 0 : 1),
      }),
  ];
};

/** y = (Σ|x|ᵖ)^(1/p): dx = g x |x|ᵖ⁻² / yᵖ⁻¹, and nothing where all x are 0. */
export const globalLpPool: Rule = (call) => {
  const [x = ''] = call.inputs;
  const [y = ''] = call.outputs;
  const p = call.attributes.number('p', 2);
  return [
    () => {
      const ratio = div(call, call.gradient(), p === 2 ? y : pow(call, y, p - 1));
      const share = where(call, greater(call, y, 0), ratio, 0);
      if (p === 2) return mul(call, x, share);
      const size = pow(call, call.graph.node('Abs', [x]), p - 1);
      return mul(call, mul(call, call.graph.node('Sign', [x]), size), share);
    },
  ];
};

export const globalAveragePool: Rule = (call) => {
  const size = product(call.shape(call.inputs[0] ?? '').slice(2));
  return [{ make: () => div(call, call.gradient(), size), loose: true }];
};
