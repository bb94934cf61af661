import { axisOf, type Call, numbersOf, type Operators, operand } from './operator.js';
import { bare, type Constant, type Flow, transposed } from './values.js';

/** `value` with its dimension perm[i] as dimension i: a constant is moved, of a tensor that flows only the order is another. */
export function viewed(value: Constant | Flow, perm: readonly number[]): Constant | Flow {
  if (value.kind === 'constant') return transposed(value, perm);
  return {
    ...bare(value),
    shape: perm.map((axis) => value.shape[axis] ?? 1),
    order: value.order.map((axis) => perm.indexOf(axis)),
  };
}

export const TRANSPOSES: Operators = {
  Transpose: (call: Call) => {
    const value = operand(call, 0);
    const rank = value.shape.length;
    const perm =
      call.inputs[1] === undefined
        ? value.shape.map((_, axis) => rank - 1 - axis)
        : numbersOf(call, 1, 'order of dimensions').map((axis) => axisOf(call, axis, rank));
    return viewed(value, perm);
  },
};
