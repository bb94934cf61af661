import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInputError, InterruptedError } from '../../protocol/base/errors.js';
import { readPixels } from '../classifier/photo.js';
import { contentsOf } from '../probe/labelled-pictures.js';
import { IMAGES_MAGIC, LABELS_MAGIC, readIdx } from './idx.js';
import type { ImageSet } from './image-set.js';
import { LEAST_SIDE } from './network-plan.js';

/** Images to train on, and the ones that the data set keeps for a test, where it does. */
export interface LabelledData {
  readonly images: ImageSet;
  readonly test: ImageSet | undefined;
  /** What the data is, for a card. */
  readonly about: string;
}

export interface WantedImages {
  /** Width and height that pictures are brought to; images in idx files have theirs. */
  readonly size: number;
  readonly channels: 'RGB' | 'grey';
  readonly onPicture?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const TRAIN = 'train';
const TEST = 't10k';
const MAX_BYTES = 2 ** 31;

/**
 * Reads a folder of gzipped idx files under the names that MNIST has (`train-images-idx3-ubyte.gz` …), or one with a folder of
 * pictures for each class. Pictures are what the network will be shown of them: see readPixels.
 * Rejects with a {@link BadInputError} for data that cannot be trained on.
 */
export async function readLabelledData(directory: string, wanted: WantedImages): Promise<LabelledData> {
  // Not there, as is said below.
  const names = await readdir(directory).catch((): string[] => []);
  const hasIdx = (part: string) => names.includes(`${part}-images-idx3-ubyte.gz`);
  if (!hasIdx(TRAIN)) {
    const images = await readFolders(directory, wanted);
    const [count, folders] = [images.count, images.classes.length].map((each) =>
      each.toLocaleString('en-US'),
    );
    return { images, test: undefined, about: `${count} pictures in ${folders} folders` };
  }
  const images = await readIdxImages(directory, TRAIN);
  const test = hasIdx(TEST) ? await readIdxImages(directory, TEST) : undefined;
  if (test !== undefined && (test.width !== images.width || test.height !== images.height)) {
    throw badImages(
      `The images to train on in ${directory} are ${images.width} × ${images.height}, but those of the test are ${test.width} × ${test.height}`,
      'Give files of one data set',
    );
  }
  if (Math.min(images.width, images.height) < LEAST_SIDE) {
    throw badImages(
      `The images in ${directory} are ${images.width} × ${images.height}, but ${LEAST_SIDE} × ${LEAST_SIDE} is the least`,
      'Give larger images',
    );
  }
  const classes = Math.max(images.classes.length, test?.classes.length ?? 0);
  const labels = numbered(classes);
  return {
    images: { ...images, classes: labels },
    test: test && { ...test, classes: labels },
    about: `${images.count.toLocaleString('en-US')} images of idx files`,
  };
}

async function readIdxImages(directory: string, part: string): Promise<ImageSet> {
  const labelsFile = join(directory, `${part}-labels-idx1-ubyte.gz`);
  const [images, labels] = await Promise.all([
    readIdx(join(directory, `${part}-images-idx3-ubyte.gz`), IMAGES_MAGIC, [undefined, undefined]),
    readIdx(labelsFile, LABELS_MAGIC, []),
  ]);
  if (images.count !== labels.count) {
    throw badImages(
      `${labelsFile} has ${labels.count} labels, but there are ${images.count} images`,
      'Give files of one data set',
    );
  }
  const [height = 0, width = 0] = images.sizes;
  const classes = labels.bytes.reduce((most, label) => Math.max(most, label), 0) + 1;
  return {
    count: images.count,
    width,
    height,
    channels: 1,
    pixels: images.bytes,
    labels: Uint16Array.from(labels.bytes),
    classes: numbered(classes),
  };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

async function readFolders(directory: string, wanted: WantedImages): Promise<ImageSet> {
  const { size, channels, onPicture, signal } = wanted;
  const { folders } = await contentsOf(directory);
  const classes = folders.filter(({ pictures }) => pictures.length > 0);
  const arrangement =
    'Give a folder with one folder of PNG, JPEG or WebP pictures for each class, or with MNIST files (*.gz)';
  if (classes.length < 2) {
    throw badImages(
      `${directory} holds ${classes.length} folders of pictures, but two are the least`,
      arrangement,
    );
  }
  const depth = channels === 'grey' ? 1 : 3;
  const length = size * size * depth;
  const files = classes.flatMap(({ name, pictures }, label) =>
    pictures.map((picture) => ({ path: join(directory, name, picture), label })),
  );
  if (files.length * length > MAX_BYTES) {
    throw badImages(
      `${files.length} pictures of ${size} × ${size} pixels are more than fit into 2 GiB`,
      'Give a smaller --size, or fewer pictures',
    );
  }
  const pixels = new Uint8Array(files.length * length);
  for (const [i, { path }] of files.entries()) {
    if (signal?.aborted) throw new InterruptedError('Interrupted. Nothing was trained yet.');
    pixels.set(await readPixels(path, { width: size, height: size, channels }), i * length);
    onPicture?.(i + 1, files.length);
  }
  return {
    count: files.length,
    width: size,
    height: size,
    channels: depth,
    pixels,
    labels: Uint16Array.from(files, ({ label }) => label),
    classes: classes.map(({ name }) => name),
  };
}

function badImages(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_IMAGES', problem, fix });
}
