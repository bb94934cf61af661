import { ints } from '../convert-graph.js';
import { arranged } from './layout.js';
import { type Call, flowOf, type Operator, type Operators } from './operator.js';
import type { Flow } from './values.js';
import {
  addPads,
  borderPads,
  formatOf,
  imageShape,
  onnxPads,
  pairOf,
  requireImages,
  sweep,
} from './window.js';

/** ONNX's average leaves padding out by default, as TensorFlow's does. */
export const POOLINGS: Operators = {
  MaxPool: pooling('MaxPool'),
  AvgPool: pooling('AveragePool'),
  MaxPoolWithArgmax: pooling('MaxPool'),
};

function pooling(type: string): Operator {
  return (call) => {
    const { graph } = call;
    const input = flowOf(call, 0);
    const format = formatOf(call);
    requireImages(call, input);
    const window = {
      size: pairOf(call, 'ksize', format),
      strides: pairOf(call, 'strides', format),
      dilations: [1, 1] as const,
    };
    const { out, pads } = sweep(call, window, input.shape, format);
    const border = type === 'MaxPool' ? emptyBorder(input, call) : undefined;
    const sum = border && onnxPads(addPads(pads, border));
    // ONNX Runtime takes no padding as wide as the window.
    const isNarrow = sum?.every((each, i) => each < window.size[i % 2 === 0 ? 0 : 1]) ?? false;
    const source = isNarrow ? (input.border?.inside ?? input) : whole(call, input);
    const name = graph.node(type, [arranged(graph, source, format.order)], {
      kernel_shape: ints(window.size),
      strides: ints(window.strides),
      pads: ints(isNarrow && sum !== undefined ? sum : onnxPads(pads)),
    });
    const shape = imageShape(format, input.shape[0] ?? 1, out, input.shape[format.channels] ?? 1);
    return { kind: 'flow', type: 'float', shape, order: format.order, name };
  };
}

/** Less than this no activation is: a border of it is what ONNX's maximum takes its padding for. */
const NOTHING = -1e30;

function emptyBorder({ border }: Flow, call: Call) {
  return border !== undefined && border.value <= NOTHING ? borderPads(border, formatOf(call)) : undefined;
}

/**
 * ONNX Runtime would make one node of a border and the pooling after it, which takes the border for padding: wrong for a
 * maximum, and refused where it is wide. A sum of one tensor keeps the two apart.
 */
function whole(call: Call, input: Flow): Flow {
  return input.border === undefined ? input : { ...input, name: call.graph.node('Sum', [input.name]) };
}
