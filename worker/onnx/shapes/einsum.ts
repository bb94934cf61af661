import type { ShapeRule } from './shape-rule.js';

/** The letters of each operand's axes and of the result's. */
export interface Terms {
  readonly operands: readonly string[];
  readonly result: string;
}

/**
 * The terms of Einsum's equation; where it names no result, that has the letters that stand once, in alphabetical order.
 * undefined where some axes have no letter.
 */
export function termsOf(equation: string): Terms | undefined {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  if (equation.includes('.')) return undefined;
  const letters = [...left].filter((letter) => letter !== ',');
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return { operands: left.split(','), result: right ?? once.sort().join('') };
}

export const einsum: ShapeRule = (call) => {
  const terms = termsOf(call.attributes.text('equation', ''));
  if (terms === undefined) return [];
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.operands.entries()) {
    const shape = call.input(i)?.shape;
    if (shape === undefined) return [];
    for (const [axis, letter] of [...term].entries()) {
      // A size of one is broadcast.
      if ((sizes.get(letter) ?? 1) === 1) sizes.set(letter, shape[axis] ?? 1);
    }
  }
  return [{ shape: [...terms.result].map((letter) => sizes.get(letter) ?? 1) }];
};
