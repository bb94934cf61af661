import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { BadInputError } from '../../protocol/errors.js';
import type { Size } from './graph.js';
import { type Network, shapeText } from './network.js';

type Layout = TensorSpec['layout'];

/** What the shape of a network's input says of one image; undefined where it leaves that open. */
export interface ImageShape {
  readonly layout: Layout;
  readonly channels: 1 | 3 | undefined;
  readonly width: Size;
  readonly height: Size;
}

/** Every way to read the shape [N,a,b,c] as images of 1 or 3 channels; two where both ends could be channels. */
export function readingsOf(dims: readonly Size[]): ImageShape[] {
  const [, first, second, last] = dims;
  const readings: [Layout, Size, Size, Size][] = [
    ['NCHW', first, second, last],
    ['NHWC', last, first, second],
  ];
  return readings.flatMap(([layout, channels, height, width]) =>
    channels === undefined || channels === 1 || channels === 3 ? [{ layout, channels, width, height }] : [],
  );
}

/** The shape of one image in its tensor's layout. */
export function imageShape(spec: TensorSpec): [number, number, number] {
  const channels = channelCount(spec.channels);
  const { width, height } = spec;
  return spec.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
}

/** Throws a {@link BadInputError} (`ERR_CARD`) when the network cannot take tensors of `spec`. */
export function checkInput(network: Network, spec: TensorSpec, name: string): void {
  const { dims } = network.input;
  const wanted = imageShape(spec);
  if (wanted.every((size, i) => dims[i + 1] === undefined || dims[i + 1] === size)) return;
  throw new BadInputError({
    code: 'ERR_CARD',
    expected: `${name} to take ${spec.layout} images [N,${wanted.join(',')}], as is said of it`,
    got: `an input of shape ${shapeText(dims)}`,
    fix: 'correct the layout, size or channels in its card or flags',
  });
}
