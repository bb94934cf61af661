import { builtModel, type GraphBuilder, graphBuilder, int, ints } from '../onnx/builder.js';
import type { OnnxModel } from '../onnx/file.js';
import { type NetworkPlan, type PlacedLayer, placedLayers } from './network-plan.js';
import { EPSILON, GAIN } from './training-graph.js';

/** How the weights of a network are written. */
export type WeightFormat = 'float32' | 'float16';

/** The input and output of the network that is written. */
export const INPUT = 'images';
export const OUTPUT = 'confidences';

/**
 * A trained network as any runtime opens it: [n, channels, height, width] → softmax [n, classes], with plain convolutions
 * into which everything that was for training alone is folded. `weights` are in the order of weightShapes(plan). As
 * `float16`, matrices and filters are kept as half floats, and computed with as single ones.
 */
export function inferenceGraph(
  plan: NetworkPlan,
  weights: readonly Float32Array[],
  format: WeightFormat = 'float32',
): OnnxModel {
  const graph = graphBuilder('network');
  const write = (values: Float32Array, dims: readonly number[]) =>
    format === 'float16' ? graph.halves(values, dims) : graph.floats(values, dims);
  const layers = placedLayers(plan);
  const rest = [...weights];
  let values = INPUT;
  layers.forEach((placed, i) => {
    const own = rest.splice(0, placed.weights.length);
    values = layerOutput(graph, placed, values, own, write);
    if (own.length > 0 && i < layers.length - 1) values = graph.node('Relu', [values]);
  });
  const confidences = graph.node('Softmax', [values], { axis: int(1) });
  return builtModel(
    graph.finish({ name: INPUT, dims: ['n', plan.channels, plan.height, plan.width] }, [
      { name: OUTPUT, dims: ['n', plan.classes], from: confidences },
    ]),
  );
}

function layerOutput(
  graph: GraphBuilder,
  placed: PlacedLayer,
  values: string,
  weights: readonly Float32Array[],
  write: (values: Float32Array, dims: readonly number[]) => string,
): string {
  const { layer, takes, gives } = placed;
  const none = new Float32Array();
  const [matrix = none, ...affine] = weights;
  const shift = affine.at(-1) ?? none;
  switch (layer.kind) {
    case 'pool':
      return graph.node('MaxPool', [values], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
    case 'mean':
      return graph.node('GlobalAveragePool', [values]);
    case 'fully-connected': {
      const size = takes.reduce((product, each) => product * each, 1);
      const rows = graph.node('Flatten', [values], { axis: int(1) });
      const inputs = [rows, write(matrix, [layer.units, size]), graph.floats(shift, [layer.units])];
      return graph.node('Gemm', inputs, { transB: int(1) });
    }
    case 'convolution': {
      const { side, padding, stride = 1, channels } = layer;
      const scale = affine.length === 2 ? affine[0] : undefined;
      const filters = scale === undefined ? matrix : standardisedFilters(matrix, scale);
      const rim = padding === 'same' ? (side - 1) / 2 : 0;
      const kernel = write(planesFirst(filters, channels, takes[0], side), [channels, takes[0], side, side]);
      return graph.node('Conv', [values, kernel, graph.floats(shift, [gives[0]])], {
        kernel_shape: ints([side, side]),
        strides: ints([stride, stride]),
        pads: ints([rim, rim, rim, rim]),
      });
    }
  }
}

/** Filters [channels, side · side · planes], as they are trained, as [channels, planes, side, side]. */
function planesFirst(filters: Float32Array, channels: number, planes: number, side: number): Float32Array {
  const points = side * side;
  const out = new Float32Array(filters.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let point = 0; point < points; point++) {
      for (let plane = 0; plane < planes; plane++) {
        out[(channel * planes + plane) * points + point] = filters[
          (channel * points + point) * planes + plane
        ] as number;
      }
    }
  }
  return out;
}

/** What the training graph makes of filters [channels, fanIn] and their scales: see training-graph.ts. */
function standardisedFilters(filters: Float32Array, scales: Float32Array): Float32Array {
  const fanIn = filters.length / scales.length;
  const out = new Float32Array(filters.length);
  scales.forEach((scale, channel) => {
    const row = filters.subarray(channel * fanIn, (channel + 1) * fanIn);
    const mean = row.reduce((sum, each) => sum + each, 0) / fanIn;
    const variance = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / fanIn;
    const factor = (scale * GAIN) / Math.sqrt(fanIn) / Math.sqrt(variance + EPSILON);
    row.forEach((each, i) => {
      out[channel * fanIn + i] = (each - mean) * factor;
    });
  });
  return out;
}
