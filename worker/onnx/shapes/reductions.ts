import { counted, frontAxis, product } from './list.js';
import { listOf, ofFirst, type ShapeRule } from './shape-rule.js';

export const reduction: ShapeRule = ofFirst(({ shape }, call) => {
  const given = listOf(call, 'axes', 1) ?? [];
  if (given.length === 0 && call.attributes.flag('noop_with_empty_axes')) return [{ shape }];
  const axes =
    given.length === 0 ? counted(shape.length) : given.map((axis) => frontAxis(axis, shape.length));
  return [{ shape: reduced(shape, axes, call.attributes.flag('keepdims', true)) }];
});

/** The same of whole numbers, which computations of shapes use: of a list, all of it. */
export function reductionBy(reduce: (numbers: readonly number[]) => number): ShapeRule {
  return (call) => {
    const integers = call.input(0)?.integers;
    const [known] = reduction(call);
    if (known === undefined || product(known.shape) !== 1 || !integers?.length) return reduction(call);
    return [{ ...known, integers: [reduce(integers)] }];
  };
}

export const argument: ShapeRule = ofFirst(({ shape }, call) => {
  const axis = frontAxis(call.attributes.number('axis', 0), shape.length);
  return [{ shape: reduced(shape, [axis], call.attributes.flag('keepdims', true)) }];
});

function reduced(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  if (!keep) return shape.filter((_, i) => !axes.includes(i));
  return shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** The outputs after the first are statistics, one a row. */
export const layerNormalization: ShapeRule = ofFirst(({ shape }, call) => {
  const axis = frontAxis(call.attributes.number('axis', -1), shape.length);
  const rows = { shape: shape.map((size, i) => (i < axis ? size : 1)) };
  return [{ shape }, rows, rows].slice(0, call.outputs);
});
