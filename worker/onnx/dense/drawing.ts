import {
  ACTIVATIONS,
  coordinateOf,
  type DenseShape,
  INPUTS,
  type Layer,
  layersOf,
} from '../../../protocol/encodings/dense/genome.js';
import { type GraphBuilder, int } from '../builder.js';

/** What a drawing is of: the shape of the genomes, and the size of the picture. */
export interface Drawing {
  readonly shape: DenseShape;
  readonly width: number;
  readonly height: number;
}

/**
 * Numbers of a layer that are computed at a time: as many as a processor's second cache holds, with those of the layer before.
 * A picture of 224 × 224 pixels is drawn in ten bands, in half the time that it takes at once.
 */
const BAND = 128 * 1024;

/**
 * Nodes that draw dense genomes: `weights` holds [N, weights], the result the bytes of the pictures as floats, [N, channels,
 * pixels], row by row. The arithmetic is that of protocol/drawing/kernel/dense.ts, in whatever order the engine sums.
 */
export function drawDense(graph: GraphBuilder, weights: string, drawing: Drawing): string {
  const { shape, width, height } = drawing;
  const layers = layersOf(shape).map((layer) => matrixOf(graph, weights, layer));
  const pixels = width * height;
  const bands = Math.ceil((pixels * shape.width) / BAND);
  const size = Math.ceil(pixels / bands);
  const parts = Array.from({ length: Math.ceil(pixels / size) }, (_, i) => {
    const rows = coordinates(drawing, i * size, Math.min(pixels, (i + 1) * size));
    return drawBand(
      graph,
      layers,
      graph.floats(rows, [1, INPUTS.length, rows.length / INPUTS.length]),
      weights,
    );
  });
  const colours = parts.length === 1 ? (parts[0] ?? '') : graph.node('Concat', parts, { axis: int(2) });
  // Rounded as the kernel rounds: to the nearest whole number, the even one of two.
  return graph.node('Round', [graph.node('Mul', [colours, graph.scalar(255)])]);
}

/** The colours, 0 … 1, of the pixels of which `rows` are the inputs. */
function drawBand(graph: GraphBuilder, layers: readonly string[], rows: string, weights: string): string {
  const images = graph.shared('Slice', [
    graph.shared('Shape', [weights]),
    ...[0, 1].map((each) => graph.integers([each])),
  ]);
  const shape = graph.shared('Concat', [images, graph.integers([1, 1])], { axis: int(0) });
  const inputs = graph.node('Expand', [rows, shape]);
  return layers.reduce((before, matrix, l) => {
    const sums = graph.node('MatMul', [matrix, before]);
    return l < layers.length - 1 ? activated(graph, inputs, sums) : graph.node('Sigmoid', [sums]);
  }, inputs);
}

/** x, y, r and 1 of the pixels `from` … `to` − 1: [inputs, pixels]. */
function coordinates({ width, height }: Drawing, from: number, to: number): Float32Array {
  const pixels = to - from;
  const rows = new Float32Array(INPUTS.length * pixels);
  for (let i = 0; i < pixels; i++) {
    const x = Math.fround(coordinateOf((from + i) % width, width));
    const y = Math.fround(coordinateOf(Math.floor((from + i) / width), height));
    const values = [x, y, Math.sqrt(Math.fround(Math.fround(x * x) + Math.fround(y * y))), 1];
    values.forEach((value, input) => {
      rows[input * pixels + i] = value;
    });
  }
  return rows;
}

/** The weights of a layer: [N, units, inputs and units of the layer before]. */
function matrixOf(graph: GraphBuilder, weights: string, { units, fanIn, first }: Layer): string {
  const own = slice(graph, weights, 1, first, first + units * fanIn);
  return graph.node('Reshape', [own, graph.integers([-1, units, fanIn])]);
}

function slice(graph: GraphBuilder, x: string, axis: number, from: number, to: number): string {
  return graph.node('Slice', [x, ...[from, to, axis].map((each) => graph.integers([each]))]);
}

/** What the next layer sees: the inputs, and the units, a quarter each by its activation. */
function activated(graph: GraphBuilder, inputs: string, sums: string): string {
  const parts = graph.split('Split', [sums], ACTIVATIONS.length, { axis: int(1) });
  const values = ACTIVATIONS.map((name, i) => FUNCTIONS[name](graph, parts[i] ?? ''));
  return graph.node('Concat', [inputs, ...values], { axis: int(1) });
}

const FUNCTIONS: Readonly<Record<(typeof ACTIVATIONS)[number], (graph: GraphBuilder, z: string) => string>> =
  {
    sine: (graph, z) => graph.node('Sin', [z]),
    gaussian: (graph, z) => graph.node('Exp', [graph.node('Neg', [graph.node('Mul', [z, z])])]),
    tanh: (graph, z) => graph.node('Tanh', [z]),
    cosine: (graph, z) => graph.node('Cos', [z]),
  };
