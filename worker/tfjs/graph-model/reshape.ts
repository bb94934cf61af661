import { BATCH, isBatched, shapeText } from '../../onnx/batch.js';
import { lengthOf } from '../shape.js';
import { reshaped } from './layout.js';
import { axisOf, type Call, numbersOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import type { Constant, Flow } from './values.js';

export const RESHAPES: Operators = {
  Reshape: (call) => {
    const value = operand(call, 0);
    return shapedAs(call, value, targetShape(call, value, numbersOf(call, 1, 'shape')));
  },
  EnsureShape: (call) => operand(call, 0),
  Squeeze: (call) => {
    const value = operand(call, 0);
    const { shape } = value;
    const named = call.attributes.numbers('squeeze_dims') ?? call.attributes.numbers('axis') ?? [];
    const axes = named.map((axis) => axisOf(call, axis, shape.length));
    const isGone = (size: number, axis: number) => (axes.length > 0 ? axes.includes(axis) : size === 1);
    if (call.nominalBatch === 1 && axes.includes(0) && shape[0] === BATCH && shape.length > 1) {
      // The batch of 1 that the model takes out stays with what comes next.
      const [, next = 1, ...others] = shape;
      const rest = [BATCH * next, ...others];
      return shapedAs(
        call,
        value,
        rest.filter((_, axis) => axis === 0 || !axes.includes(axis + 1)),
      );
    }
    const stuck = axes.find((axis) => shape[axis] !== 1);
    if (stuck !== undefined) throw refusedUse(call, `it takes dimension ${stuck} out of ${shapeText(shape)}`);
    return shapedAs(
      call,
      value,
      shape.filter((size, axis) => !isGone(size, axis)),
    );
  },
  ExpandDims: (call) => {
    const value = operand(call, 0);
    const [axis = 0] = numbersOf(call, 1, 'dimension');
    const shape = [...value.shape];
    shape.splice(axisOf(call, axis, shape.length + 1), 0, 1);
    return shapedAs(call, value, shape);
  },
};

export function shapedAs(call: Call, value: Constant | Flow, shape: readonly number[]): Constant | Flow {
  return value.kind === 'constant' ? { ...value, shape } : reshaped(call.graph, value, shape);
}

/** `target` with the size that is to be worked out, −1, in its place, and its batch open. */
function targetShape(call: Call, value: Constant | Flow, target: readonly number[]): number[] {
  const { shape } = value;
  const refused = () => refusedUse(call, `it makes ${shapeText(target)} of ${shapeText(shape)}`);
  const open = target.indexOf(-1);
  const filled = (length: number): number[] | undefined => {
    const rest = lengthOf(target.filter((_, axis) => axis !== open));
    const sizes = target.map((size, axis) => (axis === open ? length / rest : size));
    return sizes.every(Number.isInteger) && lengthOf(sizes) === length ? sizes : undefined;
  };
  const { nominalBatch } = call;
  const isFixed = nominalBatch !== undefined && !target.some(isBatched);
  const axis = shape.findIndex(isBatched);
  if (!isFixed || axis === -1) {
    const sizes = filled(lengthOf(shape));
    if (sizes === undefined) throw refused();
    return sizes;
  }
  // The model was made for a batch of so many: what comes before the batch in memory must come before it in the target.
  const sizes = filled((lengthOf(shape) / BATCH) * nominalBatch);
  if (sizes === undefined) throw refused();
  const ahead = lengthOf(shape.slice(0, axis));
  const at = sizes.findIndex((_, i) => lengthOf(sizes.slice(0, i)) === ahead);
  const images = (sizes[at] ?? 0) / nominalBatch;
  if (at === -1 || images < 1 || !Number.isInteger(images)) throw refused();
  return sizes.map((size, i) => (i === at ? images * BATCH : size));
}
