import { z } from 'zod';
import { type GraphBuilder, text } from '../builder.js';
import { asValue, cropped, type Image, imageOf } from './image.js';
import { type LayerKind, layerKind, option } from './kind.js';

/** Where a pixel of the new image looks in the old one, in ONNX's words. */
type Coordinates = 'align_corners' | 'asymmetric' | 'half_pixel';
type Interpolation = 'bilinear' | 'nearest';

interface Sampling {
  readonly interpolation: Interpolation;
  readonly coordinates: Coordinates;
}

const interpolation = z.enum(['bilinear', 'nearest']);
const sizeOptions = { height: option.count, width: option.count, data_format: option.dataFormat };

/** Layers that change the size of an image. Those that TensorFlow.js has sample as it does, which is not always as Keras does. */
export const RESIZING_KINDS: Readonly<Record<string, LayerKind>> = {
  Resizing: layerKind(
    {
      ...sizeOptions,
      interpolation: interpolation.default('bilinear'),
      crop_to_aspect_ratio: z.boolean().default(false),
    },
    (options, { graph, input, layer }) => {
      const image = imageOf(graph, input, options.data_format, layer);
      const coordinates = options.crop_to_aspect_ratio ? 'asymmetric' : 'align_corners';
      const { interpolation } = options;
      return asValue(resized(graph, image, options, { interpolation, coordinates }), options.data_format);
    },
  ),

  /** The middle of an image; one that is too small is enlarged. */
  CenterCrop: layerKind(sizeOptions, (options, { graph, input, layer }) => {
    const { height, width, data_format: format } = options;
    const image = imageOf(graph, input, format, layer);
    const fits = image.height >= height && image.width >= width;
    const result = fits
      ? cropped(graph, image, centred(image, { height, width }))
      : resized(graph, image, options, { interpolation: 'bilinear', coordinates: 'asymmetric' });
    return asValue(result, format);
  }),

  /** When it is not trained it cuts away what the new aspect ratio leaves out, in equal parts, and resizes the rest. */
  RandomCrop: layerKind(sizeOptions, (options, { graph, input, layer }) => {
    const { height, width, data_format: format } = options;
    const image = imageOf(graph, input, format, layer);
    const part = {
      height: Math.min(image.height, Math.floor((image.width * height) / width)),
      width: Math.min(image.width, Math.floor((image.height * width) / height)),
    };
    const cut = cropped(graph, image, centred(image, part));
    return asValue(
      resized(graph, cut, options, { interpolation: 'bilinear', coordinates: 'half_pixel' }),
      format,
    );
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
  const scales = Float32Array.of(1, 1, scaleOf(image.height, height), scaleOf(image.width, width));
  const none = graph.floats(new Float32Array(0), [0]);
  const name = graph.node('Resize', [image.name, none, graph.floats(scales, [4])], {
    mode: text(interpolation === 'bilinear' ? 'linear' : 'nearest'),
    coordinate_transformation_mode: text(coordinates),
    // TensorFlow.js rounds halves up where corners are aligned, and rounds down elsewhere.
    ...(interpolation === 'nearest'
      ? { nearest_mode: text(coordinates === 'align_corners' ? 'round_prefer_ceil' : 'floor') }
      : {}),
  });
  return { name, height, width, channels: image.channels };
}

/** ONNX Runtime computes the new length as ⌊length · scale⌋ in single precision. */
function scaleOf(length: number, wanted: number): number {
  const scale = Math.fround(wanted / length);
  return Math.floor(Math.fround(scale * length)) === wanted ? scale : scale * (1 + 2 ** -23);
}
