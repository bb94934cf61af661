import { builtModel, type GraphBuilder, graphBuilder, int, ints } from '../onnx/builder.js';
import type { OnnxModel } from '../onnx/file.js';
import { type NetworkPlan, type PlacedLayer, placedLayers, weightShapes } from './network-plan.js';

/** Added to a filter's variance before its root is taken. */
export const EPSILON = 1e-5;
/** A rectifier of values with variance 1 gives values with variance ½ · (1 − 1/π): this much makes it 1 again. */
export const GAIN = Math.sqrt(2 / (1 - 1 / Math.PI));

/** Names of the values that a training graph takes and gives. */
export const IMAGES = 'images';
export const TARGETS = 'targets';
export const LOSS = 'loss';
export const LOGITS = 'logits';

/**
 * The graph of a plan's loss on a batch of `batch` images, as reverse mode takes it. It is fed `images` [batch, channels,
 * height, width], `targets` [batch, classes] (rows that sum to 1), and every tensor of weights by its name. It gives `loss`
 * (a scalar, the mean cross-entropy) and `logits` [batch, classes].
 *
 * Values lie as [channels, images, height, width], so that a convolution is one product of two matrices, and so are its
 * gradients: each is as fast as ONNX Runtime multiplies. (The gradient of the operator Conv by its weights is a convolution
 * with a kernel as large as the image.)
 */
export function trainingGraph(plan: NetworkPlan, batch: number): OnnxModel {
  const graph = graphBuilder('training');
  const layers = placedLayers(plan);
  let values = graph.node('Transpose', [IMAGES], { perm: ints([1, 0, 2, 3]) });
  layers.forEach((placed, i) => {
    values = layerOutput(graph, placed, values, batch);
    if (placed.weights.length > 0 && i < layers.length - 1) values = graph.node('Relu', [values]);
    if (placed.layer.kind === 'convolution') {
      values = graph.node('Reshape', [values, graph.integers(withBatch(placed.gives, batch))]);
    }
  });
  const logits = graph.node('Transpose', [values], { perm: ints([1, 0]) });
  const logarithms = graph.node('LogSoftmax', [logits], { axis: int(1) });
  const chosen = graph.node('Mul', [TARGETS, logarithms]);
  const sum = graph.node('ReduceSum', [chosen, graph.integers([0, 1])], { keepdims: int(0) });
  const loss = graph.node('Mul', [sum, graph.floats([-1 / batch], [])]);
  const inputs = [
    { name: IMAGES, dims: [batch, plan.channels, plan.height, plan.width] },
    { name: TARGETS, dims: [batch, plan.classes] },
    ...weightShapes(plan),
  ];
  return builtModel(
    graph.finish(inputs, [
      { name: LOSS, dims: [], from: loss },
      { name: LOGITS, dims: [batch, plan.classes], from: logits },
    ]),
  );
}

/** What a layer gives, before its rectifier: [channels, batch · height · width] for one with weights. */
function layerOutput(graph: GraphBuilder, placed: PlacedLayer, values: string, batch: number): string {
  const { layer, takes, weights } = placed;
  const [matrix = '', ...affine] = weights.map((each) => each.name);
  const fanIn = weights[0]?.fanIn ?? 1;
  switch (layer.kind) {
    case 'pool':
      return graph.node('MaxPool', [values], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
    case 'mean':
      return graph.node('ReduceMean', [values], { axes: ints([2, 3]), keepdims: int(1) });
    case 'fully-connected': {
      const [shift = ''] = affine;
      return graph.node('Gemm', [matrix, denseColumns(graph, values, takes, batch), shift]);
    }
    case 'convolution': {
      const columns = windows(graph, values, placed, batch);
      const [scaleOrShift = '', shift] = affine;
      if (shift === undefined) return graph.node('Gemm', [matrix, columns, scaleOrShift]);
      return graph.node('Gemm', [standardised(graph, matrix, scaleOrShift, fanIn), columns, shift]);
    }
  }
}

/** [units, batch] as it is, planes [channels, batch, height, width] as [channels · height · width, batch]. */
function denseColumns(
  graph: GraphBuilder,
  values: string,
  [channels, height, width]: PlacedLayer['takes'],
  batch: number,
): string {
  const size = channels * height * width;
  const first =
    height * width === 1 ? values : graph.node('Transpose', [values], { perm: ints([0, 2, 3, 1]) });
  return graph.node('Reshape', [first, graph.integers([size, batch])]);
}

/**
 * The window that each output of a convolution sees, as a column: [side · side · channels, batch · height · width] of
 * planes [channels, batch, height, width].
 */
function windows(graph: GraphBuilder, values: string, { layer, takes, gives }: PlacedLayer, batch: number) {
  if (layer.kind !== 'convolution') throw new Error(`a ${layer.kind} layer has no windows`);
  const { side, padding, stride = 1 } = layer;
  const [channels] = takes;
  const [, height, width] = gives;
  const rim = padding === 'same' ? (side - 1) / 2 : 0;
  const pads = graph.integers([0, 0, rim, rim, 0, 0, rim, rim]);
  const padded = rim === 0 ? values : graph.node('Pad', [values, pads]);
  const size = graph.integers([side * side * channels, batch * height * width]);
  const moved = (
    from: string,
    starts: readonly number[],
    lengths: readonly number[],
    axes: readonly number[],
  ) => {
    const ends = starts.map((start, i) => start + stride * ((lengths[i] ?? 1) - 1) + 1);
    const lists = [starts, ends, axes, ...(stride === 1 ? [] : [starts.map(() => stride)])];
    return graph.node('Slice', [from, ...lists.map((list) => graph.integers(list))]);
  };
  const each = Array.from({ length: side }, (_, i) => i);
  const joined = (parts: readonly string[]) =>
    parts.length === 1 ? (parts[0] ?? '') : graph.node('Concat', parts, { axis: int(0) });
  if (side <= SMALL_SIDE) {
    const all = each.flatMap((y) => each.map((x) => moved(padded, [y, x], [height, width], [2, 3])));
    return graph.node('Reshape', [joined(all), size]);
  }
  // In two steps the same numbers move, but most of them in whole planes.
  const across = joined(each.map((x) => moved(padded, [x], [width], [3])));
  return graph.node('Reshape', [joined(each.map((y) => moved(across, [y], [height], [2]))), size]);
}

/** Filters up to this side have few enough windows to move each at once. */
const SMALL_SIDE = 3;

/** Filters [channels, fanIn] with mean 0 and variance 1 / fanIn, times the gain, times each one's own scale [channels, 1]. */
function standardised(graph: GraphBuilder, filters: string, scale: string, fanIn: number): string {
  const along = { axes: ints([1]), keepdims: int(1) };
  const centred = graph.node('Sub', [filters, graph.node('ReduceMean', [filters], along)]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred])], along);
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.floats([EPSILON], [])])]);
  const gain = graph.node('Mul', [scale, graph.floats([GAIN / Math.sqrt(fanIn)], [])]);
  return graph.node('Mul', [centred, graph.node('Div', [gain, deviation])]);
}

function withBatch([channels, height, width]: PlacedLayer['gives'], batch: number): number[] {
  return [channels, batch, height, width];
}
