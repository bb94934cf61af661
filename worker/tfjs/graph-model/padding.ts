import { isBatched } from '../../onnx/batch.js';
import { int } from '../../onnx/builder.js';
import { flowing } from './layout.js';
import { type Call, flowOf, numberOf, numbersOf, type Operators } from './operator.js';
import { refusedUse } from './refusals.js';
import type { Border, Flow } from './values.js';

export const PADDINGS: Operators = {
  Pad: (call) => bordered(call, call.attributes.number('constant_value', 0)),
  PadV2: (call) => bordered(call, numberOf(call, 2, 'value')),
  MirrorPad: mirrored,
};

function padsOf(call: Call, { shape }: Flow): [number, number][] {
  const numbers = numbersOf(call, 1, 'padding');
  const pads = shape.map((_, axis): [number, number] => [numbers[2 * axis] ?? 0, numbers[2 * axis + 1] ?? 0]);
  if (pads.some(([before, after], axis) => before + after > 0 && isBatched(shape[axis] ?? 1))) {
    throw refusedUse(call, 'it adds images to a batch');
  }
  return pads;
}

function bordered(call: Call, value: number): Flow {
  const input = flowOf(call, 0);
  return padded(call, input, padsOf(call, input), value);
}

/** `input` with so many elements of `value` [before, after] each of TensorFlow's dimensions. */
export function padded(call: Call, input: Flow, pads: Border['pads'], value: number): Flow {
  const { graph } = call;
  if (pads.every(([before, after]) => before + after === 0)) return input;
  const lying = input.order.map((axis): readonly [number, number] => pads[axis] ?? [0, 0]);
  const amounts = graph.integers([...lying.map(([before]) => before), ...lying.map(([, after]) => after)]);
  const { type, order } = input;
  return {
    kind: 'flow',
    type,
    order,
    shape: input.shape.map((size, axis) => size + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0)),
    name: graph.node('Pad', [input.name, amounts, graph.floats([value], [])]),
    border: { inside: input, value, pads },
  };
}

/** REFLECT leaves the outermost row out of its mirror image, SYMMETRIC has it twice, which ONNX's Pad cannot. */
function mirrored(call: Call): Flow {
  const { graph } = call;
  const input = flowing(graph, flowOf(call, 0));
  const skip = call.attributes.text('mode', 'REFLECT') === 'SYMMETRIC' ? 0 : 1;
  let { name } = input;
  const shape = [...input.shape];
  padsOf(call, input).forEach(([before, after], axis) => {
    if (before + after === 0) return;
    const size = shape[axis] ?? 1;
    const places = Array.from({ length: size + before + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - 1 + skip;
      return at < size ? at : 2 * size - 1 - at - skip;
    });
    if (places.some((at) => at < 0 || at >= size)) throw refusedUse(call, 'it mirrors more than there is');
    name = graph.node('Gather', [name, graph.integers(places)], { axis: int(input.order.indexOf(axis)) });
    shape[axis] = places.length;
  });
  return { kind: 'flow', type: input.type, order: input.order, shape, name };
}
