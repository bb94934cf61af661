import { isBatched } from '../../onnx/batch.js';
import { int } from '../../onnx/builder.js';
import { lyingAs } from './layout.js';
import { axisOf, type Call, numberOf, numbersOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { sliced } from './slices.js';
import { type Constant, type Flow, isConstant } from './values.js';

export const PIECES: Operators = {
  Split: (call) => {
    const value = operand(call, 1);
    const axis = axisOf(call, numberOf(call, 0, 'dimension'), value.shape.length);
    const count = call.attributes.number('num_split', 1);
    const size = (value.shape[axis] ?? 1) / count;
    return parts(
      call,
      value,
      axis,
      Array.from({ length: count }, () => size),
    );
  },
  SplitV: (call) => {
    const value = operand(call, 0);
    const axis = axisOf(call, numberOf(call, 2, 'dimension'), value.shape.length);
    const sizes = numbersOf(call, 1, 'sizes');
    const known = sizes.filter((size) => size !== -1).reduce((sum, size) => sum + size, 0);
    const rest = (value.shape[axis] ?? 1) - known;
    return parts(
      call,
      value,
      axis,
      sizes.map((size) => (size === -1 ? rest : size)),
    );
  },
  Unpack: (call) => {
    const value = operand(call, 0);
    const axis = axisOf(call, call.attributes.number('axis', 0), value.shape.length);
    const shape = value.shape.filter((_, each) => each !== axis);
    const pieces = parts(
      call,
      value,
      axis,
      Array.from({ length: requireNoBatch(call, value.shape[axis] ?? 1) }, () => 1),
    );
    return pieces.map((piece) => shapedAs(call, piece, shape));
  },
};

export function requireNoBatch(call: Call, size: number): number {
  if (isBatched(size)) throw refusedUse(call, 'it takes a batch apart');
  return size;
}

/** Pieces of one dimension, one after the other. */
function parts(
  call: Call,
  value: Constant | Flow,
  axis: number,
  sizes: readonly number[],
): (Constant | Flow)[] {
  const [first] = sizes;
  if (sizes.length === 1 && first === value.shape[axis]) return [value];
  requireNoBatch(call, value.shape[axis] ?? 1);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0))
    throw refusedUse(call, `its pieces are ${sizes.join(', ')} long`);
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  if (isConstant(value)) {
    return sizes.map((count, i) =>
      sliced(
        call,
        value,
        value.shape.map((size, each) =>
          each === axis ? { start: starts[i] ?? 0, step: 1, count } : { start: 0, step: 1, count: size },
        ),
      ),
    );
  }
  const names = call.graph.split('Split', [value.name, call.graph.integers(sizes)], sizes.length, {
    axis: int(value.order.indexOf(axis)),
  });
  return names.map((name, i) =>
    lyingAs(
      value,
      name,
      value.shape.map((size, each) => (each === axis ? (sizes[i] ?? 0) : size)),
    ),
  );
}
