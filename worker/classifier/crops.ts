import {
  channelCount,
  type TensorSpec,
  tensorLength,
  type Views,
} from '../../protocol/drawing/tensor-spec.js';
import { pictureSize, type View, viewsOf } from '../../protocol/drawing/views.js';

/** What a picture is of which a network is shown these views: the network's own input, or a larger one of its kind. */
export function wholeOf(input: TensorSpec, views: Views): TensorSpec {
  return views === 'single' ? input : { ...input, ...pictureSize(views, input.width, input.height) };
}

/** The views of a picture of shape {@link wholeOf} that a network is shown: [views, …input]. */
export function cropsOf(picture: Float32Array, input: TensorSpec, views: Views): Float32Array {
  if (views === 'single') return picture;
  const whole = wholeOf(input, views);
  const crops = viewsOf(views, whole.width, whole.height, input.width, input.height);
  const length = tensorLength(input);
  const tensor = new Float32Array(crops.length * length);
  for (const [i, view] of crops.entries()) {
    crop(picture, whole, view, input, tensor.subarray(i * length, (i + 1) * length));
  }
  return tensor;
}

/** Copies a view of a picture of shape `from` to one of shape `to`. */
function crop(
  picture: Float32Array,
  from: TensorSpec,
  { left, top, mirrored }: View,
  to: TensorSpec,
  into: Float32Array,
): void {
  // Floats that lie together in a pixel, and planes of such pixels.
  const pixel = to.layout === 'NHWC' ? channelCount(to.channels) : 1;
  const planes = channelCount(to.channels) / pixel;
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < to.height; y++) {
      const row = (plane * from.height + top + y) * from.width + left;
      for (let x = 0; x < to.width; x++) {
        const start = (row + (mirrored ? to.width - 1 - x : x)) * pixel;
        for (let c = 0; c < pixel; c++) into[at++] = picture[start + c] ?? 0;
      }
    }
  }
}
