import {
  channelCount,
  type TensorSpec,
  tensorLength,
  VIEW_COUNT,
  type Views,
} from '../../protocol/drawing/tensor-spec.js';
import { pictureSize, type View, viewsOf } from '../../protocol/drawing/views.js';
import type { Classifier } from './classifier.js';
import { MAX_PHOTO_PIXELS, type Photo, readPhoto } from './photo.js';
import { meanOfViews } from './views.js';

/**
 * What a network gives pictures, shape [photos, classes]; under `ten-crop` the mean over ten crops of each. A
 * picture of exactly the size that the network is shown views of is taken as it is. Rejects with a {@link BadInputError}
 * (`ERR_IMAGE`) for what is no picture.
 */
export async function classifyPhotos(
  photos: readonly Photo[],
  classifier: Classifier,
  views: Views,
): Promise<Float32Array> {
  const { input, classes } = classifier;
  const count = VIEW_COUNT[views];
  const length = count * tensorLength(input);
  const tensor = new Float32Array(photos.length * length);
  // One after the other: each may have many more pixels than the network takes.
  for (const [i, photo] of photos.entries()) tensor.set(await readViews(photo, input, views), i * length);
  return meanOfViews(await classifier.classify(tensor, photos.length * count), count, classes);
}

/** One picture as a network is shown it: [views, …input]. */
async function readViews(photo: Photo, input: TensorSpec, views: Views): Promise<Float32Array> {
  if (views === 'single') return readPhoto(photo, input);
  const whole = { ...input, ...pictureSize(views, input.width, input.height) };
  // The crops leave the margin out.
  const picture = await readPhoto(photo, whole, MAX_PHOTO_PIXELS, 1);
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

export interface Guess {
  readonly classId: number;
  readonly label: string;
  readonly confidence: number;
}

/** The `count` classes of greatest confidence, greatest first; of equals, the smaller class first. */
export function topGuesses(confidences: Float32Array, labels: readonly string[], count = 5): Guess[] {
  return [...confidences]
    .map((confidence, classId) => ({ classId, label: labels[classId] ?? '', confidence }))
    .sort((a, b) => b.confidence - a.confidence || a.classId - b.classId)
    .slice(0, count);
}
