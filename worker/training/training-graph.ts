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
 * Values lie as [channels, height, width, images], so that a convolution is one product of two matrices, and so are its
 * gradients: each is as fast as ONNX Runtime multiplies. (The gradient of the operator Conv by its weights is a convolution
 * with a kernel as large as the image.) With the images last, all that moves are rows of a whole batch.
 */
export function trainingGraph(plan: NetworkPlan, batch: number): OnnxModel {
  const graph = graphBuilder('training');
  const layers = placedLayers(plan);
  let values = graph.node('Transpose', [IMAGES], { perm: ints([1, 2, 3, 0]) });
  layers.forEach((placed, i) => {
    values = layerOutput(graph, placed, values, batch);
    if (isRectified(layers, i)) values = graph.node('Relu', [values]);
    if (placed.layer.kind === 'convolution') {
      values = graph.node('Reshape', [values, graph.integers([...placed.gives, batch])]);
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

/**
 * Whether a rectifier follows layer `i`. One that stands before a pool comes after it: the greatest of rectified numbers is
 * the greatest of them, rectified, and they are a quarter as many.
 */
function isRectified(layers: readonly PlacedLayer[], i: number): boolean {
  if (i === layers.length - 1 || layers[i + 1]?.layer.kind === 'pool') return false;
  const giver = layers.slice(0, i + 1).findLast(({ layer }) => layer.kind !== 'pool');
  return giver !== undefined && giver.weights.length > 0;
}

/** What a layer gives, before its rectifier: [channels, height · width · batch] for one with weights. */
function layerOutput(graph: GraphBuilder, placed: PlacedLayer, values: string, batch: number): string {
  const { layer, takes, weights } = placed;
  const [matrix = '', ...affine] = weights.map((each) => each.name);
  const fanIn = weights[0]?.fanIn ?? 1;
  switch (layer.kind) {
    case 'pool':
      return pooled(graph, values, placed, batch);
    case 'mean':
      return graph.node('ReduceMean', [values], { axes: ints([1, 2]), keepdims: int(1) });
    case 'fully-connected': {
      const [shift = ''] = affine;
      const rows = graph.node('Reshape', [values, graph.integers([takes.reduce((a, b) => a * b), batch])]);
      return graph.node('Gemm', [matrix, rows, shift]);
    }
    case 'convolution': {
      const columns = windows(graph, values, placed, batch);
      const [scaleOrShift = '', shift] = affine;
      if (shift === undefined) return graph.node('Gemm', [matrix, columns, scaleOrShift]);
      return graph.node('Gemm', [standardised(graph, matrix, scaleOrShift, fanIn), columns, shift]);
    }
  }
}

/** The greatest of each 2 × 2 values: of each two rows, then of each two columns. */
function pooled(graph: GraphBuilder, values: string, { takes, gives }: PlacedLayer, batch: number): string {
  const [channels, height, width] = gives;
  const even = [2 * height, 2 * width];
  const isEven = even.every((size, i) => size === takes[i + 1]);
  const whole = isEven
    ? values
    : graph.node('Slice', [values, ...[[0, 0], even, [1, 2]].map((list) => graph.integers(list))]);
  const greater = (of: string, outer: number, inner: number) => {
    const pairs = graph.node('Reshape', [of, graph.integers([outer, 2, inner])]);
    return graph.node('Max', graph.split('Split', [pairs], 2, { axis: int(1) }));
  };
  const rows = greater(whole, channels * height, 2 * width * batch);
  const points = greater(rows, channels * height * width, batch);
  return graph.node('Reshape', [points, graph.integers([...gives, batch])]);
}

/**
 * The window that each output of a convolution sees, as a column: [side · side · channels, height · width · batch] of
 * planes [channels, height, width, batch]. Along the width first, then along the height: the same numbers move as in one go,
 * but most of them in whole rows, and a gradient has twice `side` parts instead of its square.
 */
function windows(graph: GraphBuilder, values: string, { layer, takes, gives }: PlacedLayer, batch: number) {
  if (layer.kind !== 'convolution') throw new Error(`a ${layer.kind} layer has no windows`);
  const { side, padding, stride = 1 } = layer;
  const rim = padding === 'same' ? (side - 1) / 2 : 0;
  const pads = graph.integers([0, rim, rim, 0, 0, rim, rim, 0]);
  const padded = rim === 0 ? values : graph.node('Pad', [values, pads]);
  const [channels, tall, wide] = [takes[0], takes[1] + 2 * rim, takes[2] + 2 * rim];
  const [, height, width] = gives;
  const moved = (from: string, planes: number, size: number, steps: number, length: number) => {
    const rows = graph.node('Reshape', [from, graph.integers([planes * size, length])]);
    const places = Array.from({ length: side * planes * steps }, (_, i) => {
      const [place, plane, step] = [
        Math.floor(i / (planes * steps)),
        Math.floor(i / steps) % planes,
        i % steps,
      ];
      return plane * size + step * stride + place;
    });
    return graph.node('Gather', [rows, graph.integers(places)], { axis: int(0) });
  };
  const across = moved(padded, channels * tall, wide, width, batch);
  const columns = moved(across, side * channels, tall, height, width * batch);
  return graph.node('Reshape', [columns, graph.integers([side * side * channels, height * width * batch])]);
}

/** Filters [channels, fanIn] with mean 0 and variance 1 / fanIn, times the gain, times each one's own scale [channels, 1]. */
function standardised(graph: GraphBuilder, filters: string, scale: string, fanIn: number): string {
  const along = { axes: ints([1]), keepdims: int(1) };
  const centred = graph.node('Sub', [filters, graph.node('ReduceMean', [filters], along)]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred])], along);
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.floats([EPSILON], [])])]);
  const gain = graph.node('Mul', [scale, graph.floats([GAIN / Math.sqrt(fanIn)], [])]);
  return graph.node('Mul', [centred, graph.node('Div', [gain, deviation])]);
}
