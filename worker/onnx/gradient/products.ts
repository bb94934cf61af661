import { int } from '../builder.js';
import { counted } from '../shapes/list.js';
import { mul, reshape, transpose, unbroadcast } from './formula.js';
import type { Call, Rule } from './rule.js';

/** Products of matrices. */

/** y = a b: da = g bᵀ, db = aᵀ g, summed over what was broadcast; lists count as rows or columns. */
export const matrixProduct: Rule = (call) => {
  const [a = '', b = ''] = call.inputs;
  const as = call.shape(a);
  const bs = call.shape(b);
  // As matrices: a list is a row in front, a column behind.
  const left = as.length === 1 ? [1, ...as] : as;
  const right = bs.length === 1 ? [...bs, 1] : bs;
  const gradient = () => {
    const shape = call.shape(call.outputs[0] ?? '');
    const batch = shape.slice(0, shape.length - (as.length > 1 ? 1 : 0) - (bs.length > 1 ? 1 : 0));
    const whole = [...batch, left.at(-2) ?? 1, right.at(-1) ?? 1];
    return {
      name: whole.length === shape.length ? call.gradient() : reshape(call, call.gradient(), whole),
      batch,
    };
  };
  const product = (x: string, y: string) => call.graph.node('MatMul', [x, y]);
  const asMatrix = (name: string, shape: readonly number[], matrix: readonly number[]) =>
    shape === matrix ? name : reshape(call, name, matrix);
  return [
    () => {
      const { name, batch } = gradient();
      const found = product(name, turned(call, asMatrix(b, bs, right), right.length));
      const summed = unbroadcast(call, found, [...batch, ...left.slice(-2)], left);
      return asMatrix(summed, left, as);
    },
    () => {
      const { name, batch } = gradient();
      // Many images against one matrix are one tall matrix: no product an image, and no sum of them.
      if (bs.length === 2 && left.length > 2) return tall(call, a, name, left, bs);
      const found = product(turned(call, asMatrix(a, as, left), left.length), name);
      const summed = unbroadcast(call, found, [...batch, ...right.slice(-2)], right);
      return asMatrix(summed, right, bs);
    },
  ];
};

/** y = α a' b', where ' may transpose the last two dimensions. */
export const fusedMatrixProduct: Rule = (call) => {
  const { attributes, inputs } = call;
  if (attributes.flag('transBatchA') || attributes.flag('transBatchB'))
    throw call.refusal('it transposes other dimensions than the last');
  const alpha = attributes.number('alpha', 1);
  const sides = ['transA', 'transB'].map((name, i) => {
    const original = inputs[i] ?? '';
    const shape = call.shape(original);
    const isTurned = attributes.flag(name) && shape.length > 1;
    const back = (gradient: string) => (isTurned ? turned(call, gradient, shape.length) : gradient);
    const matrix = isTurned ? [...shape.slice(0, -2), shape.at(-1) ?? 1, shape.at(-2) ?? 1] : shape;
    return { name: back(original), matrix, back };
  });
  const shapes = new Map(sides.map(({ name, matrix }) => [name, matrix]));
  const terms = matrixProduct({
    ...call,
    inputs: sides.map(({ name }) => name),
    shape: (name) => shapes.get(name) ?? call.shape(name),
    gradient: () => (alpha === 1 ? call.gradient() : mul(call, call.gradient(), alpha)),
  });
  return terms.map((term, i) =>
    typeof term === 'function' ? () => sides[i]?.back(term()) ?? term() : undefined,
  );
};

/** Transposes the last two of `rank` dimensions. */
function turned(call: Call, x: string, rank: number): string {
  const order = counted(rank);
  return transpose(call, x, [...order.slice(0, -2), rank - 1, rank - 2]);
}

function tall(
  call: Call,
  a: string,
  gradient: string,
  left: readonly number[],
  right: readonly number[],
): string {
  const rows = (x: string, columns: number) =>
    call.graph.node('Reshape', [x, call.graph.integers([-1, columns])]);
  const inputs = [rows(a, left.at(-1) ?? 1), rows(gradient, right[1] ?? 1)];
  return call.graph.node('Gemm', inputs, { transA: int(1) });
}

/** y = α a' b' + β c, where ' may transpose. */
export const gemm: Rule = (call) => {
  const { inputs, outputs, attributes, graph } = call;
  const [a = '', b = '', c = ''] = inputs;
  const alpha = attributes.number('alpha', 1);
  const beta = attributes.number('beta', 1);
  const transA = attributes.flag('transA');
  const transB = attributes.flag('transB');
  const product = (x: string, y: string, first: boolean, second: boolean) => {
    const found = graph.node('Gemm', [x, y], { transA: int(first ? 1 : 0), transB: int(second ? 1 : 0) });
    return alpha === 1 ? found : mul(call, found, alpha);
  };
  return [
    () => (transA ? product(b, call.gradient(), transB, true) : product(call.gradient(), b, false, !transB)),
    () => (transB ? product(call.gradient(), a, true, transA) : product(a, call.gradient(), !transA, false)),
    () => {
      const summed = unbroadcast(call, call.gradient(), call.shape(outputs[0] ?? ''), call.shape(c));
      return beta === 1 ? summed : mul(call, summed, beta);
    },
  ];
};
