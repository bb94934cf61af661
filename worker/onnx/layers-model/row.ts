import { type GraphBuilder, ints, type Value } from '../builder.js';
import type { Image } from './image.js';
import type { DataFormat, LayerName } from './kind.js';
import { refusedUse } from './refusal.js';

/** A sequence [steps, features] as an image of one column, which lies in ONNX as [batch, features, steps, 1]. */
export function asRow(
  graph: GraphBuilder,
  { name, shape }: Value,
  format: DataFormat,
  layer: LayerName,
): Image {
  const [first, second, more] = shape;
  if (first === undefined || second === undefined || more !== undefined) {
    throw refusedUse(layer, `takes sequences, but is called on a tensor of shape [${shape.join(', ')}]`);
  }
  const last = format === 'channels_last';
  const [steps, features] = last ? [first, second] : [second, first];
  const turned = last ? graph.node('Transpose', [name], { perm: ints([0, 2, 1]) }) : name;
  const wide = graph.node('Unsqueeze', [turned, graph.integers([3])]);
  return { name: wide, height: steps, width: 1, channels: features };
}

export function fromRow(
  graph: GraphBuilder,
  { name, height, channels }: Pick<Image, 'name' | 'height' | 'channels'>,
  format: DataFormat,
): Value {
  const narrow = graph.node('Squeeze', [name, graph.integers([3])]);
  if (format === 'channels_first') return { name: narrow, shape: [channels, height] };
  return { name: graph.node('Transpose', [narrow], { perm: ints([0, 2, 1]) }), shape: [height, channels] };
}
