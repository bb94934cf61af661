import { broadcastShape } from './list.js';
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

/** Arithmetic that computations of shapes use: done on whole numbers where they are known. */
export function arithmetic(compute: (a: number, b: number) => number): ShapeRule {
  return (call) => {
    const inputs = allOf(call);
    if (inputs === undefined) return [];
    const shape = broadcastShape(inputs.map((each) => each.shape));
    const [a, b] = inputs;
    if (a?.integers === undefined || b?.integers === undefined) return [{ shape }];
    const length = Math.max(a.integers.length, b.integers.length);
    const at = (list: readonly number[], i: number) => list[list.length === 1 ? 0 : i] ?? 0;
    const [first, second] = [a.integers, b.integers];
    const integers = Array.from({ length }, (_, i) => compute(at(first, i), at(second, i)));
    return [{ shape, integers }];
  };
}

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
