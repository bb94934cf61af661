import { shapeText } from '../../onnx/batch.js';
import { type AttributeMap, int, ints } from '../../onnx/builder.js';
import { dilating } from './blocks.js';
import { fused } from './fused.js';
import { arranged, laidConstant } from './layout.js';
import { type Call, flowOf, numbersOf, type Operators, operand } from './operator.js';
import { refusedUse } from './refusals.js';
import { shapedAs } from './reshape.js';
import { type Constant, type Flow, isConstant } from './values.js';
import {
  addPads,
  borderPads,
  formatOf,
  type ImageFormat,
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

/** How ONNX takes TensorFlow's filters, which have their own number last: first. */
const FILTERS_FIRST = [3, 2, 0, 1];

function convolution(call: Call): Flow {
  return convolve(call, filterOf(call));
}

/** Each channel by filters of its own, [height, width, channels, multiplier]: filter c · multiplier + m sees channel c. */
function depthwise(call: Call): Flow {
  const filter = filterOf(call);
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return convolve(call, shapedAs(call, filter, [height, width, 1, channels * multiplier]));
}

function filterOf(call: Call): Constant | Flow {
  const filter = operand(call, 1);
  if (filter.shape.length === 4) return filter;
  throw refusedUse(call, `its filters have the shape ${shapeText(filter.shape)}`);
}

function laidFilter({ graph }: Call, filter: Constant | Flow): string {
  return isConstant(filter)
    ? laidConstant(graph, filter, FILTERS_FIRST)
    : arranged(graph, filter, FILTERS_FIRST);
}

/** By filters [height, width, channels / groups, filters]. */
function convolve(call: Call, filter: Constant | Flow): Flow {
  const { graph } = call;
  const input = flowOf(call, 0);
  const format = formatOf(call);
  requireImages(call, input);
  const [height = 1, width = 1, seen = 1, filters = 1] = filter.shape;
  const channels = input.shape[format.channels] ?? 1;
  const groups = channels / seen;
  if (!Number.isInteger(groups) || filters % groups !== 0) {
    throw refusedUse(call, `its filters see ${seen} channels of ${channels}`);
  }
  const window = windowOf(call, [height, width], format);
  const { out, pads } = sweep(call, window, input.shape, format);
  // Zeros round an image are the convolution's to add.
  const around = input.border?.value === 0 ? borderPads(input.border, format) : undefined;
  const source = around === undefined ? input : (input.border?.inside ?? input);
  const name = graph.node('Conv', [arranged(graph, source, format.order), laidFilter(call, filter)], {
    ...windowAttributes(window),
    pads: ints(onnxPads(around === undefined ? pads : addPads(pads, around))),
    group: int(groups),
  });
  const shape = imageShape(format, input.shape[0] ?? 1, out, filters);
  return { kind: 'flow', type: 'float', shape, order: format.order, name };
}

function windowOf(call: Call, size: Window['size'], format: ImageFormat): Window {
  return { size, strides: pairOf(call, 'strides', format), dilations: pairOf(call, 'dilations', format) };
}

function windowAttributes({ size, strides, dilations }: Window): AttributeMap {
  return { kernel_shape: ints(size), strides: ints(strides), dilations: ints(dilations) };
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
  const window = windowOf(call, [height, width], format);
  const { out, pads } = sweep(call, window, wanted, format);
  if (out[0] !== input.shape[format.rows] || out[1] !== input.shape[format.columns]) {
    throw refusedUse(call, `its input ${shapeText(input.shape)} does not make ${shapeText(wanted)}`);
  }
  // Pixels at the end that the window does not reach stay without a value: ONNX calls that output padding.
  const rest = ([0, 1] as const).map((index) => {
    const size = wanted[index === 0 ? format.rows : format.columns] ?? 1;
    const [before, after] = pads[index];
    const reach = (window.size[index] - 1) * window.dilations[index] + 1;
    return size + before + after - ((out[index] - 1) * window.strides[index] + reach);
  });
  const inputs = [arranged(graph, input, format.order), laidFilter(call, filter)];
  const name = graph.node('ConvTranspose', inputs, {
    ...windowAttributes(window),
    pads: ints(onnxPads(pads)),
    output_padding: ints(rest),
  });
  return { kind: 'flow', type: 'float', shape: wanted, order: format.order, name };
}
