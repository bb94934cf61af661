import { ELEMENT, isOtherFloat } from '../tensor.js';
import { broadcastShape, counted, LONGEST, placeAt, placesOf, product } from './list.js';
import { type Known, ofFirst, type ShapeCall, type ShapeRule } from './shape-rule.js';

/** Operators whose first output has the shape of their first input. */
export const likeFirst: ShapeRule = ofFirst(({ shape }, { outputs }) =>
  Array.from({ length: outputs }, () => ({ shape })),
);

/** The same, where whole numbers stay what they are. */
export const same: ShapeRule = ofFirst((first) => [first]);

export const broadcast: ShapeRule = (call) => {
  const inputs = allOf(call);
  return inputs === undefined ? [] : [{ shape: broadcastShape(inputs.map(({ shape }) => shape)) }];
};

type Compute = (...numbers: number[]) => number;

/**
 * What computations of shapes use: done on numbers where they are known, whole ones by `whole` and others by `real`. Truth
 * values are 1 and 0.
 */
export function arithmetic(whole: Compute, real: Compute = whole): ShapeRule {
  return (call) => {
    const inputs = allOf(call);
    if (inputs === undefined) return [];
    const shape = broadcastShape(inputs.map((each) => each.shape));
    const computed = (numbers: readonly (readonly number[] | undefined)[], compute: Compute) => {
      if (product(shape) > LONGEST || !numbers.every((each) => each !== undefined)) return undefined;
      return placesOf(shape, (at) =>
        compute(...numbers.map((list, i) => list[placeAt(inputs[i]?.shape ?? [], at)] ?? 0)),
      );
    };
    const integers = inputs.map((each) => each.integers);
    const reals = inputs.map((each) => each.reals);
    return [{ shape, integers: computed(integers, whole), reals: computed(reals, real) }];
  };
}

/** Integers as they are in another type: what is behind the point is cut off. */
export const cast: ShapeRule = ofFirst(({ shape, integers, reals }, { attributes }) => {
  if (isFloat(attributes.number('to', 0))) return [{ shape, reals: reals ?? integers }];
  return [{ shape, integers: integers ?? reals?.map(Math.trunc) }];
});

const isFloat = (type: number) => type === ELEMENT.float || isOtherFloat(type);

/** A function of one number. */
export function ofNumber(compute: (x: number) => number): ShapeRule {
  return ofFirst(({ shape, integers, reals }) => [
    { shape, integers: integers?.map(compute), reals: reals?.map(compute) },
  ]);
}

/** Start, end (which is not reached) and step. */
export const range: ShapeRule = (call) => {
  const [start, end, step] = [0, 1, 2].map((i) => call.input(i)?.integers?.[0]);
  if (start === undefined || end === undefined || !step) return [];
  const length = Math.max(0, Math.ceil((end - start) / step));
  const shape = [length];
  return length > LONGEST ? [{ shape }] : [{ shape, integers: counted(length).map((i) => start + i * step) }];
};

/** a, its scale and zero; b, its scale and zero; … */
export const quantizedSum: ShapeRule = (call) => {
  const [a, b] = [call.input(0), call.input(3)];
  return a === undefined || b === undefined ? [] : [{ shape: broadcastShape([a.shape, b.shape]) }];
};

/** Bytes, their scale and their zero. */
export const dynamicQuantization: ShapeRule = ofFirst(({ shape }) => [
  { shape },
  { shape: [] },
  { shape: [] },
]);

function allOf(call: ShapeCall): Known[] | undefined {
  const inputs = Array.from({ length: call.inputs }, (_, i) => call.input(i));
  return inputs.every((each) => each !== undefined) ? inputs : undefined;
}
