import { shapeText } from '../../onnx/batch.js';
import { CHANNELS_FIRST } from './layout.js';
import type { Call } from './operator.js';
import { refusedUse } from './refusals.js';
import { type Border, type Flow, naturalOrder } from './values.js';

/** [vertical, horizontal]. */
export type Pair = readonly [number, number];

/** [before, after] of rows, then of columns. */
export type Pads = readonly [Pair, Pair];

/** Where a tensor of images has its rows, columns and channels. */
export interface ImageFormat {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** The order in which ONNX's operators take images. */
  readonly order: readonly number[];
}

export function formatOf(call: Call): ImageFormat {
  return call.attributes.text('data_format', 'NHWC') === 'NCHW'
    ? { rows: 2, columns: 3, channels: 1, order: naturalOrder(4) }
    : { rows: 1, columns: 2, channels: 3, order: CHANNELS_FIRST };
}

/** Throws unless `value` can be images. */
export function requireImages(call: Call, value: Flow): void {
  if (value.shape.length === 4) return;
  throw refusedUse(
    call,
    `its input has the shape ${shapeText(value.shape)}, where images have four dimensions`,
  );
}

/** An attribute with one number for each dimension, e.g. `strides`, as it is for rows and columns. */
export function pairOf(call: Call, name: string, format: ImageFormat): Pair {
  const numbers = call.attributes.numbers(name) ?? [];
  return [numbers[format.rows] ?? 1, numbers[format.columns] ?? 1];
}

/** A window on its way over images. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
}

export interface Sweep {
  readonly out: Pair;
  readonly pads: Pads;
}

/**
 * TensorFlow's padding (its guide to `tf.nn.convolution`): VALID is none; SAME gives ceil(size / stride) outputs and pads
 * what they need beyond the image, an odd one at the end; EXPLICIT says how much.
 */
export function sweep(call: Call, window: Window, shape: readonly number[], format: ImageFormat): Sweep {
  const padding = call.attributes.text('padding', 'VALID');
  const along = (index: 0 | 1, axis: number) => {
    const size = shape[axis] ?? 1;
    const stride = window.strides[index];
    const reach = (window.size[index] - 1) * window.dilations[index] + 1;
    if (padding === 'SAME') {
      const out = Math.ceil(size / stride);
      const missing = Math.max(0, (out - 1) * stride + reach - size);
      const before = Math.floor(missing / 2);
      return { out, pads: [before, missing - before] as const };
    }
    const explicit = padding === 'EXPLICIT' ? call.attributes.numbers('explicit_paddings') : undefined;
    const pads = [explicit?.[2 * axis] ?? 0, explicit?.[2 * axis + 1] ?? 0] as const;
    const out = Math.floor((size + pads[0] + pads[1] - reach) / stride) + 1;
    if (out < 1) throw refusedUse(call, `its window of ${reach} pixels is larger than its image of ${size}`);
    return { out, pads };
  };
  const down = along(0, format.rows);
  const across = along(1, format.columns);
  return { out: [down.out, across.out], pads: [down.pads, across.pads] };
}

/** ONNX has all that comes before first. */
export function onnxPads([rows, columns]: Pads): number[] {
  return [rows[0], columns[0], rows[1], columns[1]];
}

/** The border as pads of a window; undefined where it goes round other dimensions than rows and columns. */
export function borderPads(border: Border | undefined, format: ImageFormat): Pads | undefined {
  const elsewhere = border?.pads.some(
    ([before, after], axis) => before + after > 0 && axis !== format.rows && axis !== format.columns,
  );
  if (border === undefined || elsewhere) return undefined;
  return [border.pads[format.rows] ?? [0, 0], border.pads[format.columns] ?? [0, 0]];
}

export function addPads(a: Pads, b: Pads): Pads {
  return [
    [a[0][0] + b[0][0], a[0][1] + b[0][1]],
    [a[1][0] + b[1][0], a[1][1] + b[1][1]],
  ];
}

/** The shape of images of this many rows, columns and channels. */
export function imageShape(
  format: ImageFormat,
  batch: number,
  [rows, columns]: Pair,
  channels: number,
): number[] {
  const shape = [batch, 0, 0, 0];
  shape[format.rows] = rows;
  shape[format.columns] = columns;
  shape[format.channels] = channels;
  return shape;
}
