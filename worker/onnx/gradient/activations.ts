import { counted } from '../shapes/list.js';
import {
  add,
  div,
  exp,
  greater,
  kept,
  log,
  mul,
  neg,
  pow,
  reshape,
  square,
  sub,
  sum,
  where,
} from './formula.js';
import { passedOn } from './rearrangements.js';
import type { Call, Rule } from './rule.js';

/** Functions of one number, applied to each. */

/** A function by its derivative at x, where it is y: gradient times derivative. */
function derivative(slope: (call: Call, x: string, y: string) => string): Rule {
  return (call) => {
    const [x = ''] = call.inputs;
    const [y = ''] = call.outputs;
    return [() => mul(call, call.gradient(), slope(call, x, y))];
  };
}

/** A function that lets the gradient pass in some places, and changes it in others. */
function masked(
  mask: (call: Call, x: string, y: string) => string,
  elsewhere?: Parameters<typeof derivative>[0],
): Rule {
  return (call) => {
    const [x = ''] = call.inputs;
    const [y = ''] = call.outputs;
    return [
      () => {
        const gradient = call.loose();
        if (elsewhere === undefined) return kept(call, mask(call, x, y), gradient);
        return where(call, mask(call, x, y), gradient, mul(call, gradient, elsewhere(call, x, y)));
      },
    ];
  };
}

const positive = (call: Call, x: string) => greater(call, x, 0);
const alpha = (call: Call, byDefault: number) => call.attributes.number('alpha', byDefault);

/** Passed on where the result is above 0: the result is at hand in any case, what it came from need not be. */
const reluMask = masked((call, _, y) => positive(call, y));
export const relu: Rule = (call) => (call.masked() ? passedOn(call) : reluMask(call));
export const leakyRelu = masked(positive, (call) => call.graph.scalar(alpha(call, 0.01)));
/** α(eˣ − 1) below 0, whose derivative is y + α. */
export const elu = masked(positive, (call, _, y) => add(call, y, alpha(call, 1)));
/** α(e^(x/α) − 1) below 0, whose derivative is y/α + 1. */
export const celu = masked(positive, (call, _, y) => add(call, div(call, y, alpha(call, 1)), 1));
export const thresholdedRelu = masked((call, x) => greater(call, x, alpha(call, 1)));
/** Passed on where |x| > λ: nothing moves between. */
export const shrink = masked((call, x) =>
  greater(call, call.graph.node('Abs', [x]), call.attributes.number('lambd', 0.5)),
);
/**
 * Passed on between the bounds. Told by the result alone, so that what was given need not be kept: a convolution that clips in
 * passing stays one operation.
 */
export const clip: Rule = (call) => {
  const [, least = '', most = ''] = call.inputs;
  const [y = ''] = call.outputs;
  const bounds = [least === '' ? '' : greater(call, y, least), most === '' ? '' : greater(call, most, y)];
  const [first = '', ...others] = bounds.filter((each) => each !== '');
  if (first === '') return passedOn(call);
  const within = others.reduce((all, each) => call.graph.node('And', [all, each]), first);
  const atBound = (inside: string, bound: string) => () => {
    const passed = where(call, inside, 0, call.gradient());
    return reshape(call, sum(call, passed, counted(call.shape(y).length)), call.shape(bound));
  };
  const [above = '', below = ''] = bounds;
  return [() => kept(call, within, call.loose()), atBound(above, least), atBound(below, most)];
};

/** γ times Elu; constants of https://onnx.ai/onnx/operators/onnx__Selu.html. */
export const selu = derivative((call, x, y) => {
  const gamma = call.attributes.number('gamma', 1.0507010221481323);
  const below = add(call, y, gamma * alpha(call, 1.6732631921768188));
  return where(call, positive(call, x), gamma, below);
});

export const sigmoid = derivative((call, _, y) => mul(call, y, sub(call, 1, y)));
export const tanh = derivative((call, _, y) => sub(call, 1, square(call, y)));

/** max(0, min(1, αx + β)): α between its ends. */
export const hardSigmoid = derivative((call, _, y) => {
  const between = call.graph.node('And', [greater(call, y, 0), greater(call, 1, y)]);
  return where(call, between, alpha(call, 0.2), 0);
});

/** x · max(0, min(1, x/6 + 1/2)): x/3 + 1/2 between −3 and 3, 1 above, 0 below. */
export const hardSwish = derivative((call, x) => {
  const between = add(call, div(call, x, 3), 0.5);
  return where(call, greater(call, x, 3), 1, where(call, greater(call, -3, x), 0, between));
});

export const exponential = derivative((_, __, y) => y);
/** Nothing passes where x is 0: the slope is infinite there, and infinity times nothing is no number. */
export const logarithm = derivative((call, x) => where(call, positive(call, x), div(call, 1, x), 0));
export const squareRoot = derivative((call, _, y) => where(call, positive(call, y), div(call, 0.5, y), 0));
export const reciprocal = derivative((call, _, y) => neg(call, square(call, y)));
export const negation = derivative((call) => call.graph.scalar(-1));
export const absolute = derivative((call, x) => call.graph.node('Sign', [x]));
export const sine = derivative((call, x) => call.graph.node('Cos', [x]));
export const cosine = derivative((call, x) => neg(call, call.graph.node('Sin', [x])));
export const tangent = derivative((call, _, y) => add(call, 1, square(call, y)));
export const arcTangent = derivative((call, x) => div(call, 1, add(call, 1, square(call, x))));
export const arcSine = derivative((call, x) => pow(call, sub(call, 1, square(call, x)), -0.5));
export const arcCosine = derivative((call, x) => neg(call, pow(call, sub(call, 1, square(call, x)), -0.5)));
export const hyperbolicSine = derivative((call, x) => call.graph.node('Cosh', [x]));
export const hyperbolicCosine = derivative((call, x) => call.graph.node('Sinh', [x]));
export const inverseHyperbolicSine = derivative((call, x) => pow(call, add(call, square(call, x), 1), -0.5));
export const inverseHyperbolicCosine = derivative((call, x) =>
  pow(call, sub(call, square(call, x), 1), -0.5),
);
export const inverseHyperbolicTangent = derivative((call, x) => div(call, 1, sub(call, 1, square(call, x))));
export const softplus = derivative((call, x) => call.graph.node('Sigmoid', [x]));
/** x / (1 + |x|): 1 / (1 + |x|)². */
export const softsign = derivative((call, x) => pow(call, add(call, 1, call.graph.node('Abs', [x])), -2));

/** 2/√π · e^(−x²). */
export const errorFunction = derivative((call, x) =>
  mul(call, 2 / Math.sqrt(Math.PI), exp(call, neg(call, square(call, x)))),
);

/** x Φ(x), exactly or by Hendrycks and Gimpel's tanh (arXiv:1606.08415). */
export const gelu = derivative((call, x) =>
  call.attributes.text('approximate', 'none') === 'tanh' ? tanhGeluSlope(call, x) : erfGeluSlope(call, x),
);

/** Without a bias, which fused.ts adds before. */
export const fastGelu = derivative(tanhGeluSlope);

/** x σ(αx): σ + αx σ (1 − σ). */
export const quickGelu = derivative((call, x) => {
  const scaled = mul(call, x, alpha(call, 1.702));
  const s = call.graph.node('Sigmoid', [scaled]);
  return add(call, s, mul(call, mul(call, scaled, s), sub(call, 1, s)));
});

/** Φ(x) + x φ(x). */
function erfGeluSlope(call: Call, x: string): string {
  const erf = call.graph.node('Erf', [mul(call, x, Math.SQRT1_2)]);
  const below = mul(call, 0.5, add(call, 1, erf));
  const density = mul(call, 1 / Math.sqrt(2 * Math.PI), exp(call, mul(call, -0.5, square(call, x))));
  return add(call, below, mul(call, x, density));
}

/** y = x (1 + t) / 2 with t = tanh(k (x + 0.044715 x³)). */
function tanhGeluSlope(call: Call, x: string): string {
  const k = Math.sqrt(2 / Math.PI);
  const squared = square(call, x);
  const inner = mul(call, mul(call, k, x), add(call, 1, mul(call, 0.044715, squared)));
  const t = call.graph.node('Tanh', [inner]);
  const slope = mul(call, k, add(call, 1, mul(call, 3 * 0.044715, squared)));
  const rising = mul(call, mul(call, x, sub(call, 1, square(call, t))), slope);
  return mul(call, 0.5, add(call, add(call, 1, t), rising));
}

/** x tanh(ln(1 + eˣ)): t + x (1 − t²) σ(x). */
export const mish = derivative((call, x) => {
  const t = call.graph.node('Tanh', [log(call, add(call, 1, exp(call, x)))]);
  const slope = mul(call, sub(call, 1, square(call, t)), call.graph.node('Sigmoid', [x]));
  return add(call, t, mul(call, x, slope));
});
