import type { ExpressedCppn } from '../../../../protocol/encodings/cppn/express.js';
import { INPUTS, WEIGHT_RANGE } from '../../../../protocol/encodings/cppn/genome.js';
import type { Edge, GraphLayout } from './graph-model.js';

/** How many of a layout's units are one of the page's font sizes. */
export const UNITS_OF_FONT = 16;

/** Distances between layers, and between nodes of one. */
export const COLUMN = 118;
export const ROW = 58;
const MARGIN = 46;
const SWEEPS = 12;

/**
 * Sugiyama's layers: a node's is one more than the greatest of its sources', outputs have the last. Within a layer, nodes
 * are sorted by the mean place of their neighbours, forwards and backwards a few times, which undoes most crossings.
 */
export function layOutGraph({ start, sources, weights, outputs, activations }: ExpressedCppn): GraphLayout {
  const count = INPUTS.length + activations.length;
  const edges: Edge[] = [];
  activations.forEach((_, i) => {
    for (let c = start[i] ?? 0; c < (start[i + 1] ?? 0); c++) {
      const weight = weights[c] ?? 0;
      const strength = Math.abs(weight) / WEIGHT_RANGE;
      edges.push({ source: sources[c] ?? 0, target: INPUTS.length + i, weight, strength, always: true });
    }
  });
  const layers = layersOf(count, edges, new Set(outputs));
  sortLayers(layers, count, edges);
  const tallest = Math.max(...layers.map((layer) => layer.length));
  const height = 2 * MARGIN + (tallest - 1) * ROW;
  const nodes = new Array<{ x: number; y: number }>(count);
  layers.forEach((layer, column) => {
    const top = (height - (layer.length - 1) * ROW) / 2;
    layer.forEach((node, row) => {
      nodes[node] = { x: MARGIN + column * COLUMN, y: top + row * ROW };
    });
  });
  return { width: 2 * MARGIN + (layers.length - 1) * COLUMN, height, nodes, edges, labels: [] };
}

/** Nodes by layer; nodes come after their sources, so one pass is enough. */
function layersOf(count: number, edges: readonly Edge[], outputs: ReadonlySet<number>): number[][] {
  const depth = new Array<number>(count).fill(1).fill(0, 0, INPUTS.length);
  for (const { source, target } of edges) {
    depth[target] = Math.max(depth[target] ?? 0, (depth[source] ?? 0) + 1);
  }
  const last = Math.max(...depth);
  // An output that feeds another node stays before it.
  const feeding = new Set(edges.map(({ source }) => source));
  const layers: number[][] = Array.from({ length: last + 1 }, () => []);
  depth.forEach((own, node) => {
    layers[outputs.has(node) && !feeding.has(node) ? last : own]?.push(node);
  });
  return layers;
}

function sortLayers(layers: number[][], count: number, edges: readonly Edge[]): void {
  const place = new Float64Array(count);
  const before: number[][] = Array.from({ length: count }, () => []);
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const { source, target } of edges) {
    before[target]?.push(source);
    after[source]?.push(target);
  }
  // Counted from the middle of a layer: layers are drawn centred.
  const number = (layer: readonly number[]) => {
    layer.forEach((node, i) => {
      place[node] = i - (layer.length - 1) / 2;
    });
  };
  layers.forEach(number);
  const sort = (layer: number[], neighbours: readonly number[][]) => {
    const mean = new Map(
      layer.map((node) => {
        const others = neighbours[node] ?? [];
        const sum = others.reduce((total, other) => total + (place[other] ?? 0), 0);
        return [node, others.length === 0 ? (place[node] ?? 0) : sum / others.length];
      }),
    );
    layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
    number(layer);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    // Inputs and outputs keep their order: one looks for them in their places.
    if (sweep % 2 === 0) for (const layer of layers.slice(1)) sort(layer, before);
    else for (const layer of layers.slice(1, -1).reverse()) sort(layer, after);
  }
  layers.at(-1)?.sort((a, b) => a - b);
}
