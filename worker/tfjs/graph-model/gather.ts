import { int } from '../../onnx/builder.js';
import { lengthOf } from '../shape.js';
import { flowing, lyingAs } from './layout.js';
import { axisOf, type Call, constantOf, numberOf, type Operators, operand } from './operator.js';
import { requireNoBatch } from './pieces.js';
import { refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { type Constant, constant, type Flow, isConstant } from './values.js';

export const GATHERS: Operators = { GatherV2: gather, Gather: gather };

/** The elements of one dimension that `indices` name, in their order. */
function gather(call: Call): Constant | Flow {
  const { graph } = call;
  const value = operand(call, 0);
  const indices = constantOf(call, 1, 'indices');
  const axis = axisOf(
    call,
    call.op === 'Gather' || call.inputs[2] === undefined ? 0 : numberOf(call, 2, 'dimension'),
    value.shape.length,
  );
  if (call.attributes.number('batch_dims', 0) !== 0) {
    throw refusedUse(call, 'it takes other elements of each image');
  }
  requireNoBatch(call, value.shape[axis] ?? 1);
  const numbers = Array.from(indices.values);
  const before = value.shape.slice(0, axis);
  const after = value.shape.slice(axis + 1);
  const taken = [...before, numbers.length, ...after];
  const shape = [...before, ...indices.shape, ...after];
  if (isConstant(value)) {
    const inner = lengthOf(after);
    const size = value.shape[axis] ?? 1;
    const all = Array.from({ length: lengthOf(taken) }, (_, i) => {
      const row = Math.floor(i / inner);
      const outer = Math.floor(row / numbers.length);
      const at = numbers[row % numbers.length] ?? 0;
      return value.values[(outer * size + at) * inner + (i % inner)] ?? 0;
    });
    return constant(value.type === 'float' ? Float32Array.from(all) : all, shape, value.type);
  }
  const flow = flowing(graph, value);
  const name = graph.node('Gather', [flow.name, graph.integers(numbers)], {
    axis: int(flow.order.indexOf(axis)),
  });
  return shapedAs(call, lyingAs(flow, name, taken), shape);
}
