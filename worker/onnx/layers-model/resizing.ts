import { z } from 'zod';
import { type GraphBuilder, int, text } from '../builder.js';
import { asValue, cropped, type Image, imageOf } from './image.js';
import { type LayerKind, layerKind, option } from './kind.js';

/** Where a pixel of the new image looks in the old one, in ONNX's words. */
type Coordinates = 'asymmetric' | 'half_pixel';
type Interpolation = 'bilinear' | 'nearest';

interface Sampling {
  readonly interpolation: Interpolation;
  readonly coordinates: Coordinates;
}

const interpolation = z.enum(['bilinear', 'nearest']);
const sizeOptions = { height: option.count, width: option.count, data_format: option.dataFormat };

export const resizing = layerKind(
  {
    ...sizeOptions,
    interpolation: interpolation.default('bilinear'),
    crop_to_aspect_ratio: z.boolean().default(false),
  },
  (options, { graph, input, layer }) => {
    const { data_format: format, interpolation } = options;
    const image = imageOf(graph, input, format, layer);
    const whole = options.crop_to_aspect_ratio ? inAspectRatio(graph, image, options) : image;
    return asValue(resized(graph, whole, options, { interpolation, coordinates: 'half_pixel' }), format);
  },
);

/**
 * Layers that change the size of an image. They sample as Keras does; TensorFlow.js has Resizing and CenterCrop, too,
 * but cannot call them (resizing) or takes what Keras takes (the middle). Only upsampling is as TensorFlow.js has it.
 */
export const RESIZING_KINDS: Readonly<Record<string, LayerKind>> = {
  Resizing: resizing,

  /** The middle of an image; of one that is too small, what the aspect ratio leaves is enlarged. */
  CenterCrop: layerKind(sizeOptions, (options, { graph, input, layer }) => {
    const image = imageOf(graph, input, options.data_format, layer);
    const fits = image.height >= options.height && image.width >= options.width;
    const middle = fits ? cropped(graph, image, centred(image, options)) : fitted(graph, image, options);
    return asValue(middle, options.data_format);
  }),

  /** When it is not trained it takes the middle, as much of it as the aspect ratio leaves, and resizes that. */
  RandomCrop: layerKind(sizeOptions, (options, { graph, input, layer }) => {
    const image = imageOf(graph, input, options.data_format, layer);
    return asValue(fitted(graph, image, options), options.data_format);
  }),

  UpSampling2D: layerKind(
    {
      size: option.pair.default([2, 2]),
      data_format: option.dataFormat,
      interpolation: interpolation.default('nearest'),
    },
    ({ size: [down, across], data_format: format, interpolation }, { graph, input, layer }) => {
      const image = imageOf(graph, input, format, layer);
      const size = { height: image.height * down, width: image.width * across };
      return asValue(resized(graph, image, size, { interpolation, coordinates: 'asymmetric' }), format);
    },
  ),
};

interface Size {
  readonly height: number;
  readonly width: number;
}

function fitted(graph: GraphBuilder, image: Image, size: Size): Image {
  const sampling = { interpolation: 'bilinear', coordinates: 'half_pixel' } as const;
  return resized(graph, inAspectRatio(graph, image, size), size, sampling);
}

/** The largest part in the middle of an image that has the aspect ratio of another size (Keras' `smart_resize`). */
function inAspectRatio(graph: GraphBuilder, image: Image, { height, width }: Size): Image {
  const part = {
    height: Math.min(image.height, Math.floor((image.width * height) / width)),
    width: Math.min(image.width, Math.floor((image.height * width) / height)),
  };
  return cropped(graph, image, centred(image, part));
}

function centred(image: Size, { height, width }: Size) {
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  return { top, left, height, width };
}

function resized(
  graph: GraphBuilder,
  image: Image,
  { height, width }: Size,
  { interpolation, coordinates }: Sampling,
): Image {
  if (height === image.height && width === image.width) return image;
  const size = { height, width, channels: image.channels };
  if (interpolation === 'nearest') {
    const rows = graph.integers(nearest(image.height, height, coordinates));
    const columns = graph.integers(nearest(image.width, width, coordinates));
    const high = graph.node('Gather', [image.name, rows], { axis: int(2) });
    return { ...size, name: graph.node('Gather', [high, columns], { axis: int(3) }) };
  }
  const scales = Float32Array.of(1, 1, scaleOf(image.height, height), scaleOf(image.width, width));
  const none = graph.floats(new Float32Array(0), [0]);
  const name = graph.node('Resize', [image.name, none, graph.floats(scales, [4])], {
    mode: text('linear'),
    coordinate_transformation_mode: text(coordinates),
  });
  return { ...size, name };
}

/** Which of `length` pixels each of `wanted` shows: ⌊(x + ½) · scale⌋ where centres are compared, ⌊x · scale⌋ where corners are. */
function nearest(length: number, wanted: number, coordinates: Coordinates): readonly number[] {
  const shift = coordinates === 'half_pixel' ? 0.5 : 0;
  return Array.from({ length: wanted }, (_, x) =>
    Math.min(length - 1, Math.floor(((x + shift) * length) / wanted)),
  );
}

/** ONNX Runtime computes the new length as ⌊length · scale⌋ in single precision. */
function scaleOf(length: number, wanted: number): number {
  const scale = Math.fround(wanted / length);
  return Math.floor(Math.fround(scale * length)) === wanted ? scale : scale * (1 + 2 ** -23);
}
