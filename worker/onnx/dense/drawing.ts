import {
  ACTIVATIONS,
  coordinateOf,
  type DenseShape,
  INPUTS,
  type Layer,
  layersOf,
} from '../../../protocol/encodings/dense/genome.js';
import { type GraphBuilder, int, ints } from '../builder.js';

/** What a drawing is of: the shape of the genomes, and the size of the picture; and what draws it. */
export interface Drawing {
  readonly shape: DenseShape;
  readonly width: number;
  readonly height: number;
  readonly onCpu: boolean;
}

/**
 * Numbers of a layer that a CPU computes at a time: as many as its second cache holds, with those of the layer before.
 * A picture of 224 × 224 pixels is drawn in ten bands, in half the time that it takes at once.
 */
const BAND = 128 * 1024;

/**
 * Pixels of a stretch on a GPU. It draws all at once, but the gradient of a weight is a sum over all pixels, which one of its
 * many processors would add up alone; so each stretch has a sum of its own.
 */
const STRETCH = 512;

/**
 * Nodes that draw dense genomes: `weights` holds [N, weights], the result the bytes of the pictures as floats, [N, channels,
 * pixels], row by row. The arithmetic is that of protocol/drawing/kernel/dense.ts, in whatever order the engine sums.
 */
export function drawDense(graph: GraphBuilder, weights: string, drawing: Drawing): string {
  const { shape, width, height, onCpu } = drawing;
  const layers = layersOf(shape).map((layer) => matrixOf(graph, weights, layer));
  const pixels = width * height;
  const length = onCpu ? Math.ceil(pixels / Math.ceil((pixels * shape.width) / BAND)) : pixels;
  const bands = Array.from({ length: Math.ceil(pixels / length) }, (_, i) =>
    drawBand(graph, layers, weights, drawing, [i * length, Math.min(pixels, (i + 1) * length)]),
  );
  const colours = bands.length === 1 ? (bands[0] ?? '') : graph.node('Concat', bands, { axis: int(2) });
  return rounded(graph, graph.node('Mul', [colours, graph.scalar(255)]));
}

/**
 * Numbers up to 2²² rounded as the kernel rounds: to the nearest whole number, the even one of two. By adding a number that
 * leaves single precision no bits for fractions: ONNX Runtime has no Round on WebGPU, and the pictures would cross to the CPU for it.
 */
function rounded(graph: GraphBuilder, x: string): string {
  const large = graph.scalar(1.5 * 2 ** 23);
  return graph.node('Sub', [graph.node('Add', [x, large]), large]);
}

/** The colours, 0 … 1, of the pixels `from` … `to` − 1: [N, channels, pixels]. */
function drawBand(
  graph: GraphBuilder,
  layers: readonly string[],
  weights: string,
  drawing: Drawing,
  [from, to]: readonly [number, number],
): string {
  const { channels } = drawing.shape;
  const pixels = to - from;
  const stretches = drawing.onCpu ? 1 : Math.ceil(pixels / STRETCH);
  const length = Math.ceil(pixels / stretches);
  const rows = coordinates(drawing, from, stretches, length);
  const images = graph.shared('Slice', [
    graph.shared('Shape', [weights]),
    ...[0, 1].map((each) => graph.integers([each])),
  ]);
  const shape = graph.shared('Concat', [images, graph.integers([1, 1, 1])], { axis: int(0) });
  const inputs = graph.node('Expand', [graph.floats(rows, [1, stretches, INPUTS.length, length]), shape]);
  const outputs = layers.reduce((before, matrix, l) => {
    const sums = graph.node('MatMul', [matrix, before]);
    return l < layers.length - 1 ? activated(graph, inputs, sums) : graph.node('Sigmoid', [sums]);
  }, inputs);
  const turned = stretches === 1 ? outputs : graph.node('Transpose', [outputs], { perm: ints([0, 2, 1, 3]) });
  const joined = graph.node('Reshape', [turned, graph.integers([-1, channels, stretches * length])]);
  return stretches * length === pixels ? joined : slice(graph, joined, 2, 0, pixels);
}

/**
 * x, y, r and 1 of the pixels from `from` on, stretch by stretch: [stretches, inputs, length]. The last stretch
 * may hold pixels below the picture, which are cut off.
 */
function coordinates(
  { width, height }: Drawing,
  from: number,
  stretches: number,
  length: number,
): Float32Array {
  const rows = new Float32Array(stretches * INPUTS.length * length);
  for (let i = 0; i < stretches * length; i++) {
    const x = Math.fround(coordinateOf((from + i) % width, width));
    const y = Math.fround(coordinateOf(Math.floor((from + i) / width), height));
    const values = [x, y, Math.sqrt(Math.fround(Math.fround(x * x) + Math.fround(y * y))), 1];
    const start = Math.floor(i / length) * INPUTS.length * length + (i % length);
    values.forEach((value, input) => {
      rows[start + input * length] = value;
    });
  }
  return rows;
}

/** The weights of a layer: [N, 1, units, inputs and units of the layer before]. */
function matrixOf(graph: GraphBuilder, weights: string, { units, fanIn, first }: Layer): string {
  const own = slice(graph, weights, 1, first, first + units * fanIn);
  return graph.node('Reshape', [own, graph.integers([-1, 1, units, fanIn])]);
}

function slice(graph: GraphBuilder, x: string, axis: number, from: number, to: number): string {
  return graph.node('Slice', [x, ...[from, to, axis].map((each) => graph.integers([each]))]);
}

/** What the next layer sees: the inputs, and the units, a quarter each by its activation. */
function activated(graph: GraphBuilder, inputs: string, sums: string): string {
  const parts = graph.split('Split', [sums], ACTIVATIONS.length, { axis: int(2) });
  const values = ACTIVATIONS.map((name, i) => FUNCTIONS[name](graph, parts[i] ?? ''));
  return graph.node('Concat', [inputs, ...values], { axis: int(2) });
}

const FUNCTIONS: Readonly<Record<(typeof ACTIVATIONS)[number], (graph: GraphBuilder, z: string) => string>> =
  {
    sine: (graph, z) => graph.node('Sin', [z]),
    gaussian: (graph, z) => graph.node('Exp', [graph.node('Neg', [graph.node('Mul', [z, z])])]),
    tanh: (graph, z) => graph.node('Tanh', [z]),
    cosine: (graph, z) => graph.node('Cos', [z]),
  };
