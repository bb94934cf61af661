import { frontAxis } from '../shapes/list.js';
import { exp, mul, sub, sum } from './formula.js';
import type { Call, Rule } from './rule.js';

const axisOf = (call: Call) =>
  frontAxis(call.attributes.number('axis', -1), call.shape(call.outputs[0] ?? '').length);

/** y = softmax(x): dx = y (g − Σ g y). */
export const softmax: Rule = (call) => [
  () => {
    const [y = ''] = call.outputs;
    const gradient = call.gradient();
    return mul(call, y, sub(call, gradient, sum(call, mul(call, gradient, y), [axisOf(call)])));
  },
];

/** y = ln softmax(x): dx = g − eʸ Σ g. */
export const logSoftmax: Rule = (call) => [
  () => {
    const [y = ''] = call.outputs;
    const gradient = call.gradient();
    return sub(call, gradient, mul(call, exp(call, y), sum(call, gradient, [axisOf(call)])));
  },
];
