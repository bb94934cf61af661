import { text } from '../builder.js';
import { termsOf } from '../shapes/einsum.js';
import type { Rule } from './rule.js';

/**
 * A sum of products by its equation: the gradient by an operand is the product of the result's gradient with all other
 * operands, summed over what is not the operand's own.
 */
export const einsum: Rule = (call) => {
  const equation = call.attributes.text('equation', '');
  const terms = termsOf(equation);
  if (terms === undefined) throw call.refusal(`its equation is "${equation}"`);
  const { operands, result } = terms;
  return operands.map((operand, i) => {
    const others = operands.filter((_, k) => k !== i);
    const told = new Set([result, ...others].join(''));
    const isTold =
      [...operand].every((letter) => told.has(letter)) && new Set(operand).size === operand.length;
    return () => {
      if (!isTold) throw call.refusal(`its equation is "${equation}"`);
      const names = call.inputs.filter((_, k) => k !== i);
      return call.graph.node('Einsum', [call.gradient(), ...names], {
        equation: text(`${[result, ...others].join(',')}->${operand}`),
      });
    };
  });
};
