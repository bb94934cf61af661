import { z } from 'zod';
import { ints } from '../../onnx/builder.js';
import { lengthOf } from '../shape.js';
import { addPads, asValue, bareOf, cropped, imageOf } from './image.js';
import { type LayerCall, type LayerKind, layerKind, option } from './kind.js';
import { refusedUse } from './refusal.js';
import { axisOf, inTensorflowOrder, reshaped, type Value } from './values.js';

/** Layers that move numbers about without changing one. */
export const SHAPE_KINDS: Readonly<Record<string, LayerKind>> = {
  /** With its channels first, it puts them last before it flattens, as TensorFlow.js does. */
  Flatten: layerKind({ data_format: option.dataFormat }, ({ data_format: format }, { graph, input }) => {
    const flat = [lengthOf(input.shape)];
    if (format === 'channels_last' || input.shape.length < 2) {
      return reshaped(graph, inTensorflowOrder(graph, input), flat);
    }
    const rank = input.shape.length;
    const order = [...Array.from({ length: rank - 1 }, (_, i) => i + 1), 0];
    return reshaped(graph, permuted({ graph, input }, order).name, flat);
  }),

  Reshape: layerKind({ target_shape: z.array(z.int().min(-1).nullable()) }, (options, call) => {
    const target = options.target_shape.map((size) => size ?? -1);
    return intoShape(target, call);
  }),

  Permute: layerKind({ dims: z.array(z.int().min(1)) }, ({ dims }, call) => {
    const order = dims.map((dim) => dim - 1);
    if (String(order.toSorted()) !== String(call.input.shape.map((_, i) => i))) {
      throw refusedUse(call.layer, `has the dims [${dims.join(', ')}] on [${call.input.shape.join(', ')}]`);
    }
    return permuted(call, order);
  }),

  RepeatVector: layerKind({ n: option.count }, ({ n }, { graph, input }) => {
    const long = graph.node('Unsqueeze', [input.name, graph.integers([1])]);
    const name = graph.node('Tile', [long, graph.integers([1, n, 1])]);
    return { name, shape: [n, ...input.shape] };
  }),

  ZeroPadding2D: layerKind(
    {
      padding: option.sides.default([
        [1, 1],
        [1, 1],
      ]),
      data_format: option.dataFormat,
    },
    ({ padding: [[top, bottom], [left, right]], data_format: format }, { graph, input, layer }) => {
      const image = imageOf(graph, input, format, layer);
      const whole = graph.integers([0, 0, top, left, 0, 0, bottom, right]);
      const { name, pads } = bareOf(image);
      const padded = {
        name: graph.node('Pad', [image.name, whole]),
        height: image.height + top + bottom,
        width: image.width + left + right,
        channels: image.channels,
        bare: { name, pads: addPads(pads, [top, left, bottom, right]) },
      };
      return asValue(padded, format);
    },
  ),

  Cropping2D: layerKind(
    { cropping: option.sides, data_format: option.dataFormat },
    ({ cropping: [[top, bottom], [left, right]], data_format: format }, { graph, input, layer }) => {
      const image = imageOf(graph, input, format, layer);
      const height = image.height - top - bottom;
      const width = image.width - left - right;
      if (height < 1 || width < 1) throw refusedUse(layer, 'cuts away the whole image');
      return asValue(cropped(graph, image, { top, left, height, width }), format);
    },
  ),
};

/** TensorFlow's dimensions of `input` in another order; `order` counts without the batch. */
export function permuted(
  { graph, input }: Pick<LayerCall, 'graph' | 'input'>,
  order: readonly number[],
): Value {
  const perm = [0, ...order.map((i) => axisOf(input, i))];
  const shape = order.map((i) => input.shape[i] ?? 1);
  const straight = shape.length === 3 ? { straight: true } : {};
  const still = perm.every((axis, i) => axis === i);
  const name = still ? input.name : graph.node('Transpose', [input.name], { perm: ints(perm) });
  return { name, shape, ...straight };
}

/** The numbers of the input in a shape of which one size may be −1. */
export function intoShape(target: readonly number[], { graph, input, layer }: LayerCall): Value {
  const length = lengthOf(input.shape);
  const known = target.filter((size) => size !== -1);
  const open = length / lengthOf(known);
  const shape = target.map((size) => (size === -1 ? open : size));
  if (target.length - known.length > 1 || !shape.every(Number.isInteger) || lengthOf(shape) !== length) {
    throw refusedUse(layer, `makes [${target.join(', ')}] of ${length} numbers`);
  }
  const name = inTensorflowOrder(graph, input);
  if (shape.length !== 3) return reshaped(graph, name, shape);
  // The next operator decides in which order its values have to be.
  return { name: graph.node('Reshape', [name, graph.integers([-1, ...shape])]), shape, straight: true };
}
