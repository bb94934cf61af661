import { isBatched } from '../../onnx/batch.js';
import { lengthOf } from '../shape.js';
import { type Call, numberOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { constant } from './values.js';

/** Operators that exporters use to compute shapes; their values are known when the model is converted, up to the batch. */
export const SHAPES: Operators = {
  Shape: (call) => constant(operand(call, 0).shape),
  ShapeN: (call) => call.inputs.map((_, i) => constant(operand(call, i).shape)),
  Size: (call) => constant([lengthOf(operand(call, 0).shape)], []),
  Rank: (call) => constant([operand(call, 0).shape.length], []),
  Range: (call) => {
    const [start, limit, step] = [0, 1, 2].map((i) => numberOf(call, i, 'bounds'));
    const count = Math.max(0, Math.ceil(((limit ?? 0) - (start ?? 0)) / (step ?? 1)));
    requireKnown(call, count);
    return constant(Array.from({ length: count }, (_, i) => (start ?? 0) + i * (step ?? 1)));
  },
  ZerosLike: (call) => alike(call, 0),
  OnesLike: (call) => alike(call, 1),
};

/** By broadcasting, one number does the same as a tensor filled with it; only the shape differs. */
function alike(call: Call, value: number) {
  const { shape, type } = operand(call, 0);
  const one = shape.map((size) => (isBatched(size) ? 1 : size));
  return constant(new Float32Array(lengthOf(one)).fill(value), one, type);
}

function requireKnown(call: Call, count: number): void {
  if (count >= 1_000_000) throw refusedUse(call, 'its length depends on the batch');
}
