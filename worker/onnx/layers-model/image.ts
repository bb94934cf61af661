import { type GraphBuilder, type Pads, planar, straightened, type Value } from '../builder.js';
import type { DataFormat, LayerName } from './kind.js';
import { refusedUse } from './refusal.js';

/** A value as an image that lies in ONNX as [batch, channels, height, width]. */
export interface Image {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Of an image that got zeros all round: what it was before. */
  readonly bare?: Value['bare'];
}

/** A tensor of rank 3 as the image that it is where its channels are last or first. */
export function imageOf(graph: GraphBuilder, input: Value, format: DataFormat, layer: LayerName): Image {
  const [first, second, third, more] = input.shape;
  if (first === undefined || second === undefined || third === undefined || more !== undefined) {
    throw refusedUse(layer, `takes images, but is called on a tensor of shape [${input.shape.join(', ')}]`);
  }
  const last = format === 'channels_last';
  const { name, bare } = last ? planar(graph, input) : straightened(graph, input);
  const [height, width, channels] = last ? [first, second, third] : [second, third, first];
  return { name, height, width, channels, ...(bare === undefined ? {} : { bare }) };
}

/** The value that an image is. */
export function asValue({ name, height, width, channels, bare }: Image, format: DataFormat): Value {
  const padded = bare === undefined ? {} : { bare };
  return format === 'channels_last'
    ? { name, shape: [height, width, channels], ...padded }
    : { name, shape: [channels, height, width], straight: true, ...padded };
}

/** An image as it was before it got zeros all round, and these. */
export function bareOf({ name, bare }: Image): NonNullable<Value['bare']> {
  return bare ?? { name, pads: [0, 0, 0, 0] };
}

export function addPads(a: Pads, b: Pads): Pads {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** The part of an image from row `top` and column `left` on. */
export function cropped(
  graph: GraphBuilder,
  image: Image,
  {
    top,
    left,
    height,
    width,
  }: { readonly top: number; readonly left: number; readonly height: number; readonly width: number },
): Image {
  const { name, channels } = image;
  if (height === image.height && width === image.width) return image;
  const bounds = [
    [top, left],
    [top + height, left + width],
    [2, 3],
  ].map((each) => graph.integers(each));
  return { name: graph.node('Slice', [name, ...bounds]), height, width, channels };
}
