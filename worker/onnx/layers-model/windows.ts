import { type Attribute, ints, type Pads, type Value } from '../builder.js';
import { type LayerCall, type LayerKind, layerKind, option, refusedUse } from './kind.js';

/** [vertical, horizontal]. */
export type Pair = readonly [number, number];

/** A window that moves over an image. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly padding: 'same' | 'valid';
  readonly dilations?: Pair;
}

/** What comes of a window's way over an image: the height and width of the output, and the zeros that it takes. */
export interface Sweep {
  readonly out: Pair;
  readonly pads: Pads;
}

/**
 * TensorFlow's padding (its guide to `tf.nn.convolution`): `valid` is none; `same` gives ceil(size / stride) outputs
 * and pads what they need beyond the image, an odd one at the end.
 */
export function sweep(window: Window, call: LayerCall): Sweep {
  const [height, width] = imageOf(call);
  const along = (size: number, axis: 0 | 1) => {
    const stride = window.strides[axis];
    const reach = (window.size[axis] - 1) * (window.dilations?.[axis] ?? 1) + 1;
    if (window.padding === 'valid') {
      if (reach > size) throw refusedUse(call.layer, `on an image of at least ${reach} pixels`, `${size}`);
      return { out: Math.floor((size - reach) / stride) + 1, before: 0, after: 0 };
    }
    const out = Math.ceil(size / stride);
    const missing = Math.max(0, (out - 1) * stride + reach - size);
    const before = Math.floor(missing / 2);
    return { out, before, after: missing - before };
  };
  const down = along(height, 0);
  const across = along(width, 1);
  return { out: [down.out, across.out], pads: [down.before, across.before, down.after, across.after] };
}

/** ONNX's attributes of a window. */
export function windowAttributes({ size, strides }: Window, pads: Pads): Record<string, Attribute> {
  return { kernel_shape: ints(size), strides: ints(strides), pads: ints(pads) };
}

/** [height, width, channels] of the input. */
export function imageOf({ input, layer }: LayerCall): readonly [number, number, number] {
  const [height, width, channels, more] = input.shape;
  if (height !== undefined && width !== undefined && channels !== undefined && more === undefined) {
    return [height, width, channels];
  }
  const came = `a tensor of [${input.shape.join(', ')}]`;
  throw refusedUse(layer, 'on images of [height, width, channels]', came);
}

/** An image as it was before it got zeros all round, and these. */
export function bareOf({ name, bare }: Value): NonNullable<Value['bare']> {
  return bare ?? { name, pads: [0, 0, 0, 0] };
}

export function addPads(a: Pads, b: Pads): Pads {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** ONNX's average leaves padding out by default, as TensorFlow's does. */
export const POOLING_KINDS: Readonly<Record<string, LayerKind>> = {
  MaxPooling2D: pooling('MaxPool'),
  AveragePooling2D: pooling('AveragePool'),
};

function pooling(operator: string): LayerKind {
  return layerKind(
    {
      pool_size: option.pair.default([2, 2]),
      strides: option.pair.optional(),
      padding: option.padding,
      data_format: option.dataFormat,
    },
    ({ pool_size: size, strides = size, padding }, call): Value => {
      const { graph, input } = call;
      const [, , channels] = imageOf(call);
      const window = { size, strides, padding };
      const { out, pads } = sweep(window, call);
      // ONNX Runtime would make one node of zeros and the pooling after them, which takes them for padding: wrong for a
      // maximum, and refused where they are wide. A sum of one tensor keeps the two apart.
      const source = input.bare === undefined ? input.name : graph.node('Sum', [input.name]);
      const name = graph.node(operator, [source], windowAttributes(window, pads));
      return { name, shape: [...out, channels] };
    },
  );
}
