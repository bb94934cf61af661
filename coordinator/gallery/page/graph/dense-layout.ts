import { ACTIVATIONS, type DenseShape, INPUTS } from '../../../../protocol/encodings/dense/genome.js';
import type { Edge, GraphLayout } from './graph-model.js';

/** From a node to its neighbour in a layer, between groups of nodes, and between layers. */
const STEP = 40;
const GAP = 26;
const BETWEEN = 118;
const MARGIN = 46;
/** From the middle of a node up to the words over its group. */
const ABOVE = 24;

/** A quarter of a layer is somewhat higher than wide. */
const SHAPE = 1.5;

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * A layer is a block of groups one below the other, one for each activation; inputs and outputs are a column each. Layers
 * are centred on one line.
 */
export function layOutDense({ channels, layers, width }: DenseShape, edges: readonly Edge[]): GraphLayout {
  const quarter = width / ACTIVATIONS.length;
  const columns = Math.ceil(Math.sqrt(quarter / SHAPE));
  const rows = Math.ceil(quarter / columns);
  const groupHeight = (rows - 1) * STEP;
  const layerHeight = ACTIVATIONS.length * groupHeight + (ACTIVATIONS.length - 1) * (STEP + GAP);
  const layerWidth = (columns - 1) * STEP;
  const column = (count: number, x: number): Place[] => {
    const step = STEP + GAP;
    return Array.from({ length: count }, (_, i) => ({ x, y: (i - (count - 1) / 2) * step }));
  };
  const groupTop = (group: number) => group * (groupHeight + STEP + GAP) - layerHeight / 2;
  const left = (layer: number) => MARGIN + BETWEEN + layer * (layerWidth + BETWEEN);
  const hidden = Array.from({ length: layers * width }, (_, i): Place => {
    const [layer, unit] = [Math.floor(i / width), i % width];
    const [group, place] = [Math.floor(unit / quarter), unit % quarter];
    return {
      x: left(layer) + (place % columns) * STEP,
      y: groupTop(group) + Math.floor(place / columns) * STEP,
    };
  });
  const labels = Array.from({ length: layers * ACTIVATIONS.length }, (_, i) => ({
    x: left(Math.floor(i / ACTIVATIONS.length)) + layerWidth / 2,
    y: groupTop(i % ACTIVATIONS.length) - ABOVE,
    text: ACTIVATIONS[i % ACTIVATIONS.length] ?? '',
  }));
  const end = left(layers - 1) + layerWidth + BETWEEN;
  const nodes = [...column(INPUTS.length, MARGIN), ...hidden, ...column(channels, end)];
  const top = Math.min(...[...nodes, ...labels].map(({ y }) => y)) - MARGIN;
  const height = Math.max(...nodes.map(({ y }) => y)) + MARGIN - top;
  const lowered = <T extends Place>(place: T): T => ({ ...place, y: place.y - top });
  return { width: end + MARGIN, height, nodes: nodes.map(lowered), edges, labels: labels.map(lowered) };
}
