import { z } from 'zod';
import { inTensorflowOrder, int, lengthOf, reshaped, type Value } from '../builder.js';
import { type LayerCall, type LayerKind, layerKind, option, refusedUse } from './kind.js';
import { addPads, bareOf, imageOf } from './windows.js';

const padCount = z.int().min(0);
const padPair = z.tuple([padCount, padCount]);
/** One number all round, [vertical, horizontal], or [[top, bottom], [left, right]]. */
const zeroPadding = z.union([
  padCount.transform((n): [[number, number], [number, number]] => [
    [n, n],
    [n, n],
  ]),
  padPair.transform(([v, h]): [[number, number], [number, number]] => [
    [v, v],
    [h, h],
  ]),
  z.tuple([padPair, padPair]),
]);

/** Layers that move numbers about without changing one. */
export const SHAPE_KINDS: Readonly<Record<string, LayerKind>> = {
  Flatten: layerKind({ data_format: option.dataFormat }, (_, { graph, input }) =>
    reshaped(graph, inTensorflowOrder(graph, input), [lengthOf(input.shape)]),
  ),

  Reshape: layerKind({ target_shape: z.array(z.int().min(-1)) }, ({ target_shape: target }, call) => {
    const { graph, input, layer } = call;
    const length = lengthOf(input.shape);
    const known = target.filter((size) => size !== -1);
    const open = length / lengthOf(known);
    const shape = target.map((size) => (size === -1 ? open : size));
    if (target.length - known.length > 1 || !shape.every(Number.isInteger) || lengthOf(shape) !== length) {
      throw refusedUse(layer, `of ${length} numbers`, `the target shape [${target.join(', ')}]`);
    }
    return reshaped(graph, inTensorflowOrder(graph, input), shape);
  }),

  // Both act in training alone.
  Dropout: layerKind(
    { rate: z.number(), noise_shape: z.array(z.int()).optional(), seed: z.number().optional() },
    (_, { input }) => input,
  ),

  ZeroPadding2D: layerKind(
    {
      padding: zeroPadding.default([
        [1, 1],
        [1, 1],
      ]),
      data_format: option.dataFormat,
    },
    ({ padding: [[top, bottom], [left, right]] }, call) => {
      const [height, width, channels] = imageOf(call);
      const whole = call.graph.integers([0, 0, top, left, 0, 0, bottom, right]);
      const { name, pads } = bareOf(call.input);
      return {
        name: call.graph.node('Pad', [call.input.name, whole]),
        shape: [height + top + bottom, width + left + right, channels],
        bare: { name, pads: addPads(pads, [top, left, bottom, right]) },
      };
    },
  ),

  Add: layerKind({}, (_, call) => {
    const shape = call.input.shape;
    requireAlike(call, (other) => String(other.shape) === String(shape));
    const names = call.inputs.map(({ name }) => name);
    return { name: call.graph.node(names.length === 2 ? 'Add' : 'Sum', names), shape };
  }),

  Concatenate: layerKind({ axis: z.int().default(-1) }, ({ axis }, call) => {
    const { shape } = call.input;
    // Among TensorFlow's dimensions without the batch.
    const along = axis < 0 ? shape.length + axis : axis - 1;
    if (along < 0 || along >= shape.length) {
      throw refusedUse(call.layer, 'along a dimension of its inputs', `axis ${axis}`);
    }
    const others = (value: Value) => String(value.shape.map((size, i) => (i === along ? 0 : size)));
    requireAlike(call, (other) => others(other) === others(call.input));
    const onnxAxis = shape.length === 3 ? ((along + 1) % 3) + 1 : along + 1;
    const names = call.inputs.map(({ name }) => name);
    const total = call.inputs.reduce((sum, value) => sum + (value.shape[along] ?? 0), 0);
    return {
      name: call.graph.node('Concat', names, { axis: int(onnxAxis) }),
      shape: shape.map((size, i) => (i === along ? total : size)),
    };
  }),
};

function requireAlike({ inputs, input, layer }: LayerCall, alike: (other: Value) => boolean): void {
  const stranger = inputs.find((other) => !alike(other));
  if (stranger === undefined) return;
  throw refusedUse(
    layer,
    'of inputs alike in shape',
    `[${input.shape.join(', ')}] and [${stranger.shape.join(', ')}]`,
  );
}
