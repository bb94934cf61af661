import { flowing, natural, plain } from './layout.js';
import { type Call, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { textAttribute } from './text-attribute.js';

/** Sums of products over named dimensions: ONNX writes them as TensorFlow does. */
export const EINSUMS: Operators = {
  Einsum: (call: Call) => {
    const { graph } = call;
    const equation = call.attributes.text('equation', '').replaceAll(' ', '');
    const [left = '', right] = equation.split('->');
    const values = call.inputs.map((_, i) => flowing(graph, operand(call, i)));
    const sizes = new Map<string, number>();
    left.split(',').forEach((letters, i) => {
      [...letters].forEach((letter, axis) => {
        sizes.set(letter, values[i]?.shape[axis] ?? 1);
      });
    });
    if (right === undefined || equation.includes('.'))
      throw refusedUse(call, `its equation is "${equation}"`);
    const shape = [...right].map((letter) => sizes.get(letter) ?? 1);
    const names = values.map((value) => natural(graph, value));
    return plain(graph.node('Einsum', names, { equation: textAttribute(equation) }), shape);
  },
};
