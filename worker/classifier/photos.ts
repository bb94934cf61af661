import { type TensorSpec, tensorLength, VIEW_COUNT, type Views } from '../../protocol/drawing/tensor-spec.js';
import type { Classifier } from './classifier.js';
import { cropsOf, wholeOf } from './crops.js';
import { MAX_PHOTO_PIXELS, type Photo, readPhoto, tensorOf } from './photo.js';
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
  return classifyEach(photos, classifier, views, (photo) => readViews(photo, classifier.input, views));
}

/** What a network gives pictures whose views, [views, …input], are made one after the other: they may be large before. */
async function classifyEach<Picture>(
  pictures: readonly Picture[],
  classifier: Classifier,
  views: Views,
  viewsOf: (picture: Picture) => Promise<Float32Array> | Float32Array,
): Promise<Float32Array> {
  const { input, classes } = classifier;
  const count = VIEW_COUNT[views];
  const length = count * tensorLength(input);
  const tensor = new Float32Array(pictures.length * length);
  for (const [i, picture] of pictures.entries()) tensor.set(await viewsOf(picture), i * length);
  return meanOfViews(await classifier.classify(tensor, pictures.length * count), count, classes);
}

/** One picture as a network is shown it: [views, …input]. */
async function readViews(photo: Photo, input: TensorSpec, views: Views): Promise<Float32Array> {
  if (views === 'single') return readPhoto(photo, input);
  // The crops leave the margin out.
  return cropsOf(await readPhoto(photo, wholeOf(input, views), MAX_PHOTO_PIXELS, 1), input, views);
}

/**
 * What a network gives pictures of exactly the size that it is shown views of, shape [pictures, classes]; each is bytes,
 * pixel by pixel, RGB or grey. Throws a RangeError for another number of bytes.
 */
export async function classifyPixels(
  pictures: readonly Uint8Array[],
  classifier: Classifier,
  views: Views,
): Promise<Float32Array> {
  const { input } = classifier;
  const whole = wholeOf(input, views);
  return classifyEach(pictures, classifier, views, (bytes) => cropsOf(tensorOf(bytes, whole), input, views));
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
