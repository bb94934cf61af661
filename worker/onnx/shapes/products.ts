import { broadcastShape } from './list.js';
import { type Known, ofFirst, type ShapeRule } from './shape-rule.js';

export function gemmOf(second: number): ShapeRule {
  return ofFirst(({ shape: a }, call) => {
    const b = call.input(second)?.shape;
    if (b === undefined) return [];
    const rows = a[call.attributes.flag('transA') ? 1 : 0] ?? 1;
    return [{ shape: [rows, b[call.attributes.flag('transB') ? 0 : 1] ?? 1] }];
  });
}

/** NumPy's matmul: a list is a row before and a column behind, and such a dimension goes again. */
export function matrixProductOf(second: number): ShapeRule {
  return ofFirst(({ shape: a }, call) => {
    const b = call.input(second)?.shape;
    if (b === undefined) return [];
    const batch = broadcastShape([a.slice(0, -2), b.slice(0, -2)]);
    const rows = a.length > 1 ? [a.at(-2) ?? 1] : [];
    const columns = b.length > 1 ? [b.at(-1) ?? 1] : [];
    return [{ shape: [...batch, ...rows, ...columns] }];
  });
}

/** The same of matrices that may be transposed first. */
export const fusedMatrixProduct: ShapeRule = (call) => {
  const turned = (i: number, name: string): Known | undefined => {
    const known = call.input(i);
    if (known === undefined || known.shape.length < 2 || !call.attributes.flag(name)) return known;
    const { shape } = known;
    return { shape: [...shape.slice(0, -2), shape.at(-1) ?? 1, shape.at(-2) ?? 1] };
  };
  return matrixProductOf(1)({ ...call, input: (i) => turned(i, i === 0 ? 'transA' : 'transB') });
};
