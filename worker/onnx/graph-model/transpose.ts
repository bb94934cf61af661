import { axisOf, type Call, numbersOf, type Operators, operand } from './operator.js';
import { bare, type Constant, type Flow, transposed } from './values.js';

/** `value` with its dimension perm[i] as dimension i: a constant is moved, of a tensor that flows only the order is another. */
export function viewed(value: Constant | Flow, perm: readonly number[]): Constant | Flow {
  return value.kind === 'constant' ? transposed(value, perm) : turned(value, perm);
}

function turned(value: Flow, perm: readonly number[]): Flow {
  const { border } = value;
  return {
    ...bare(value),
    shape: perm.map((axis) => value.shape[axis] ?? 1),
    order: value.order.map((axis) => perm.indexOf(axis)),
    // A convolution after it still can add the border.
    ...(border && {
      border: {
        ...border,
        inside: turned(border.inside, perm),
        pads: perm.map((axis) => border.pads[axis] ?? [0, 0]),
      },
    }),
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
