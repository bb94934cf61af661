import { isBatched } from '../../onnx/batch.js';
import { broadcastShape } from './broadcast.js';
import { fused } from './fused.js';
import { laidConstant, natural, plain } from './layout.js';
import { type Call, type Operators, operand } from './operator.js';
import { refusedShapes, refusedUse } from './refusals.js';
import { viewed } from './transpose.js';
import { type Constant, type Flow, isConstant, naturalOrder } from './values.js';

export const PRODUCTS: Operators = {
  MatMul: (call) => product(call, 'transpose_a', 'transpose_b'),
  _FusedMatMul: (call) => fused(call, product(call, 'transpose_a', 'transpose_b')),
  BatchMatMul: (call) => product(call, 'adj_x', 'adj_y'),
  BatchMatMulV2: (call) => product(call, 'adj_x', 'adj_y'),
  BatchMatMulV3: (call) => product(call, 'adj_x', 'adj_y'),
};

/** The product of matrices, which are the last two dimensions; `flags` say which of the two is to be transposed. */
function product(call: Call, ...flags: readonly [string, string]): Flow {
  const { graph, attributes } = call;
  const [a, b] = [
    turned(operand(call, 0), attributes.flag(flags[0])),
    turned(operand(call, 1), attributes.flag(flags[1])),
  ];
  const [rows, inner] = a.shape.slice(-2);
  const [others, columns] = b.shape.slice(-2);
  if (inner === undefined || inner !== others || rows === undefined || columns === undefined) {
    throw refusedShapes(call, a, b);
  }
  if (isBatched(inner)) throw refusedUse(call, 'it mixes the images of a batch');
  const names = [a, b].map((value) =>
    isConstant(value) ? laidConstant(graph, value, naturalOrder(value.shape.length)) : natural(graph, value),
  );
  if (a.shape.length === 2 && b.shape.length === 2) {
    // It can take a bias later.
    return plain(graph.node('Gemm', names), [rows, columns]);
  }
  const before = broadcastShape(
    call,
    [a, b].map((value) => ({ ...value, shape: value.shape.slice(0, -2) })),
  );
  return plain(graph.node('MatMul', names), [...before, rows, columns]);
}

/** The last two dimensions changed about, which moves nothing yet. */
function turned(value: Constant | Flow, isTurned: boolean): Constant | Flow {
  if (!isTurned) return value;
  const rank = value.shape.length;
  const perm = [...naturalOrder(rank - 2), rank - 1, rank - 2];
  return viewed(value, perm);
}
