import { int, ints } from '../convert-graph.js';
import { shapeText } from './batch.js';
import { dilating } from './blocks.js';
import { fused } from './fused.js';
import { arranged, laidConstant } from './layout.js';
import { type Call, flowOf, numbersOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { type Constant, type Flow, isConstant } from './values.js';
import {
  addPads,
  borderPads,
  formatOf,
  imageShape,
  onnxPads,
  pairOf,
  requireImages,
  sweep,
  type Window,
} from './window.js';

export const CONVOLUTIONS: Operators = {
  Conv2D: dilating(convolution),
  _FusedConv2D: dilating((call) => fused(call, convolution(call))),
  DepthwiseConv2dNative: dilating(depthwise),
  FusedDepthwiseConv2dNative: dilating((call) => fused(call, depthwise(call))),
  Conv2DBackpropInput: transposedConvolution,
};

/** By filters [height, width, channels / groups, filters]. */
function convolution(call: Call): Flow {
  const filter = filterOf(call);
  const [height = 1, width = 1, seen = 1, filters = 1] = filter.shape;
  return convolve(call, [height, width], filter, seen, filters, [3, 2, 0, 1]);
}

/** Each channel by filters of its own, [height, width, channels, multiplier]: filter c · multiplier + m sees channel c. */
function depthwise(call: Call): Flow {
  const filter = filterOf(call);
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  if (!isConstant(filter)) throw refusedUse(call, 'its filters depend on the image');
  const shape = [height, width, 1, channels * multiplier];
  return convolve(call, [height, width], { ...filter, shape }, 1, channels * multiplier, [3, 2, 0, 1]);
}

function filterOf(call: Call): Constant | Flow {
  const filter = operand(call, 1);
  if (filter.shape.length === 4) return filter;
  throw refusedUse(call, `its filters have the shape ${shapeText(filter.shape)}`);
}

function convolve(
  call: Call,
  size: Window['size'],
  filter: Constant | Flow,
  seen: number,
  filters: number,
  filterOrder: readonly number[],
): Flow {
  const { graph } = call;
  const input = flowOf(call, 0);
  const format = formatOf(call);
  requireImages(call, input);
  const channels = input.shape[format.channels] ?? 1;
  const groups = channels / seen;
  if (!Number.isInteger(groups) || filters % groups !== 0) {
    throw refusedUse(call, `its filters see ${seen} channels of ${channels}`);
  }
  const window = {
    size,
    strides: pairOf(call, 'strides', format),
    dilations: pairOf(call, 'dilations', format),
  };
  const { out, pads } = sweep(call, window, input.shape, format);
  // Zeros round an image are the convolution's to add.
  const around = input.border?.value === 0 ? borderPads(input.border, format) : undefined;
  const source = around === undefined ? input : (input.border?.inside ?? input);
  const weights = isConstant(filter)
    ? laidConstant(graph, filter, filterOrder)
    : arranged(graph, filter, filterOrder);
  const name = graph.node('Conv', [arranged(graph, source, format.order), weights], {
    kernel_shape: ints(size),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints(onnxPads(around === undefined ? pads : addPads(pads, around))),
    group: int(groups),
  });
  const shape = imageShape(format, input.shape[0] ?? 1, out, filters);
  return { kind: 'flow', type: 'float', shape, order: format.order, name };
}

/** The gradient of a convolution by filters [height, width, outputs, inputs]: what convolves its result of this shape. */
function transposedConvolution(call: Call): Flow {
  const { graph } = call;
  const input = flowOf(call, 2);
  const format = formatOf(call);
  requireImages(call, input);
  const filter = filterOf(call);
  const [height = 1, width = 1, outputs = 1] = filter.shape;
  const shape = numbersOf(call, 0, 'output shape');
  const full = shape.length === 4 ? shape : [0, ...shape];
  const wanted = imageShape(
    format,
    input.shape[0] ?? 1,
    [full[format.rows] ?? 1, full[format.columns] ?? 1],
    outputs,
  );
  const window = {
    size: [height, width] as const,
    strides: pairOf(call, 'strides', format),
    dilations: pairOf(call, 'dilations', format),
  };
  const { out, pads } = sweep(call, window, wanted, format);
  if (out[0] !== input.shape[format.rows] || out[1] !== input.shape[format.columns]) {
    throw refusedUse(call, `its input ${shapeText(input.shape)} does not make ${shapeText(wanted)}`);
  }
  // What the window does not reach at the end stays without a value, which ONNX calls output padding.
  const rest = ([format.rows, format.columns] as const).map((axis, i) => {
    const index = i === 0 ? 0 : 1;
    const reach = (window.size[index] - 1) * window.dilations[index] + 1;
    return (
      (wanted[axis] ?? 1) -
      ((out[index] - 1) * window.strides[index] + reach - pads[index][0] - pads[index][1])
    );
  });
  const weights = isConstant(filter)
    ? laidConstant(graph, filter, [3, 2, 0, 1])
    : arranged(graph, filter, [3, 2, 0, 1]);
  const name = graph.node('ConvTranspose', [arranged(graph, input, format.order), weights], {
    kernel_shape: ints(window.size),
    strides: ints(window.strides),
    dilations: ints(window.dilations),
    pads: ints(onnxPads(pads)),
    output_padding: ints(rest),
  });
  return { kind: 'flow', type: 'float', shape: wanted, order: format.order, name };
}
