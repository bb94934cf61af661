import { type Attribute, ints } from '../../onnx/builder.js';
import type { Image } from './image.js';
import type { LayerName } from './kind.js';
import { refusedUse } from './refusal.js';
import type { Pads } from './values.js';

/** [vertical, horizontal]. */
export type Pair = readonly [number, number];

/** A window that moves over an image. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly padding: 'same' | 'valid';
  readonly dilations?: Pair;
}

/** The result of moving a window over an image: the height and width of the output, and the zeros that it takes. */
export interface Sweep {
  readonly height: number;
  readonly width: number;
  readonly pads: Pads;
}

/**
 * TensorFlow's padding (its guide to `tf.nn.convolution`): `valid` is none; `same` gives ceil(size / stride) outputs
 * and pads what they need beyond the image, an odd one at the end.
 */
export function sweep(
  window: Window,
  { height, width }: Pick<Image, 'height' | 'width'>,
  layer: LayerName,
): Sweep {
  const along = (size: number, axis: 0 | 1) => {
    const stride = window.strides[axis];
    const reach = (window.size[axis] - 1) * (window.dilations?.[axis] ?? 1) + 1;
    if (window.padding === 'valid') {
      if (reach > size)
        throw refusedUse(layer, `needs images of at least ${reach} pixels, but is called on ${size}`);
      return { out: Math.floor((size - reach) / stride) + 1, before: 0, after: 0 };
    }
    const out = Math.ceil(size / stride);
    const missing = Math.max(0, (out - 1) * stride + reach - size);
    const before = Math.floor(missing / 2);
    return { out, before, after: missing - before };
  };
  const down = along(height, 0);
  const across = along(width, 1);
  return {
    height: down.out,
    width: across.out,
    pads: [down.before, across.before, down.after, across.after],
  };
}

/** ONNX's attributes of a window. */
export function windowAttributes({ size, strides }: Window, pads: Pads): Record<string, Attribute> {
  return { kernel_shape: ints(size), strides: ints(strides), pads: ints(pads) };
}
