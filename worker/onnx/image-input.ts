import { BadInputError } from '../../protocol/base/errors.js';
import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { Size } from './graph.js';
import { type NetworkInput, shapeText } from './network.js';

type Layout = TensorSpec['layout'];

/** What the shape of a network's input says of one image; undefined where it leaves that open. */
export interface ImageShape {
  readonly layout: Layout | undefined;
  readonly channels: 1 | 3 | undefined;
  readonly width: Size;
  readonly height: Size;
  /** Of an image whose pixels stand in one row: width · height · channels. */
  readonly numbers?: number;
}

/**
 * Every way to read the dimensions of an image, without the batch, as 1 or 3 channels; two where both ends could be
 * channels. Of a row of numbers the likeliest comes first: a square in grey, a square in colour, any other picture.
 */
export function readingsOf(dims: readonly Size[]): ImageShape[] {
  const [first, second, last] = dims;
  if (dims.length === 1) return first === undefined ? [] : rowReadings(first);
  if (dims.length === 2) return [{ layout: undefined, channels: 1, width: second, height: first }];
  const readings: [Layout, Size, Size, Size][] = [
    ['NCHW', first, second, last],
    ['NHWC', last, first, second],
  ];
  return readings.flatMap(([layout, channels, height, width]) =>
    channels === undefined || channels === 1 || channels === 3 ? [{ layout, channels, width, height }] : [],
  );
}

function rowReadings(numbers: number): ImageShape[] {
  const square = ([1, 3] as const).flatMap((channels) => {
    const side = Math.sqrt(numbers / channels);
    return Number.isInteger(side) ? [{ layout: undefined, channels, width: side, height: side }] : [];
  });
  const any = { layout: undefined, width: undefined, height: undefined, numbers };
  const colour = numbers % 3 === 0 ? [{ ...any, channels: 3 as const }] : [];
  return [...square, { ...any, channels: 1 }, ...colour];
}

/** The dimensions, without the batch, in which a network takes an image of `spec`. */
export function imageDims({ dims }: Pick<NetworkInput, 'dims'>, spec: TensorSpec): readonly number[] {
  const { width, height, channels, layout } = spec;
  const count = channelCount(channels);
  if (dims.length === 1) return [width * height * count];
  if (dims.length === 2) return [height, width];
  return layout === 'NCHW' ? [count, height, width] : [height, width, count];
}

/** Throws a {@link BadInputError} (`ERR_CARD`) when the network cannot take images of `spec`. */
export function checkInput(input: NetworkInput, spec: TensorSpec, name: string): void {
  const { dims } = input;
  const wanted = imageDims(input, spec);
  const fits = wanted.every((size, i) => dims[i] === undefined || dims[i] === size);
  if (fits && (dims.length !== 2 || spec.channels === 'grey')) return;
  const { layout, width, height, channels } = spec;
  throw new BadInputError({
    code: 'ERR_CARD',
    problem: `${name} takes images of shape ${shapeText(dims)}, but ${layout}, ${width}×${height} and ${channels} are given for it`,
    fix: 'Correct the layout, size or channels in its card or flags',
  });
}
