import { int } from '../convert-graph.js';
import { flowing, lyingAs } from './layout.js';
import { axisOf, type Call, constantOf, numberOf, type Operators, operand, refusedUse } from './operator.js';
import { requireNoBatch } from './pieces.js';
import { shapedAs } from './reshape.js';
import { type Constant, type Flow, isConstant, picked, stridesOf } from './values.js';

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
  if (call.attributes.number('batch_dims', 0) !== 0)
    throw refusedUse(call, 'it takes other elements of each image');
  requireNoBatch(call, value.shape[axis] ?? 1);
  const numbers = Array.from(indices.values);
  const before = value.shape.slice(0, axis);
  const after = value.shape.slice(axis + 1);
  const taken = [...before, numbers.length, ...after];
  const shape = [...before, ...indices.shape, ...after];
  if (isConstant(value)) {
    const pieces = numbers.map((at) => at * (stridesOf(value.shape)[axis] ?? 1));
    const outer = stridesOf(value.shape);
    const spread = picked(
      value,
      [numbers.length, ...before, ...after],
      [0, ...outer.slice(0, axis), ...outer.slice(axis + 1)],
    );
    const all = pieces.flatMap((start) =>
      Array.from(
        picked(value, [...before, ...after], [...outer.slice(0, axis), ...outer.slice(axis + 1)], start)
          .values,
      ),
    );
    const stacked: Constant = { ...spread, values: value.type === 'float' ? Float32Array.from(all) : all };
    const strides = stridesOf(stacked.shape);
    const moved = picked(stacked, taken, [
      ...strides.slice(1, axis + 1),
      strides[0] ?? 0,
      ...strides.slice(axis + 1),
    ]);
    return { ...moved, shape };
  }
  const flow = flowing(graph, value);
  const name = graph.node('Gather', [flow.name, graph.integers(numbers)], {
    axis: int(flow.order.indexOf(axis)),
  });
  return shapedAs(call, lyingAs(flow, name, taken), shape);
}
