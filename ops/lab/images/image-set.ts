import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { encodePng } from '../../../coordinator/export/png.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { Views } from '../../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { tensorOf } from '../../../worker/classifier/photo.js';
import { classifyPhotos } from '../../../worker/classifier/photos.js';
import {
  DIGIT_CLASSES,
  DIGIT_PIXELS,
  DIGIT_SIDE,
  type DigitSet,
  readMnist,
} from '../../../worker/digits/mnist.js';
import type { LabelTable } from '../../../worker/model/labels/label-table.js';
import { readLabelledPictures, sampleOf } from '../../../worker/probe/labelled-pictures.js';

/** Natural images whose class is known, whatever they lie in. */
export interface ImageSet {
  /** What people call it. */
  readonly name: string;
  /** Of each image: its name, and its class by the network's count. */
  readonly images: readonly { readonly name: string; readonly classId: number }[];
  /** What a network gives the images `from` … `to` − 1, shape [to − from, classes]. */
  classify(from: number, to: number, classifier: Classifier, views: Views): Promise<Float32Array>;
}

export interface SetOptions {
  /** Names of the network's classes. */
  readonly table: LabelTable;
  /** Of idx files in a folder: the 10,000 test images, or those that are trained on. */
  readonly part: 'train' | 'test';
  /** So many of them, evenly spaced; Infinity: all. */
  readonly atMost: number;
}

const IDX = /^(train|t10k)-images-idx3-ubyte\.gz$/;

/**
 * Opens the images at `path`: a folder with one folder of pictures a class, or with pictures whose names begin with the
 * index of their class (see readLabelledPictures), or a folder of gzipped idx files as MNIST is published in, or one of
 * its files of images. Rejects with a {@link BadInputError} for anything else.
 */
export async function openImageSet(path: string, options: SetOptions): Promise<ImageSet> {
  const place = resolve(path);
  // Not there, as is said below.
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile()) {
    const part = IDX.exec(basename(place))?.[1];
    if (part === undefined) {
      throw new BadInputError({
        code: 'ERR_IMAGES',
        problem: `${path} is neither a folder of pictures nor a file of MNIST's images`,
        fix: 'Give a folder, or t10k-images-idx3-ubyte.gz with its labels beside it',
      });
    }
    return openDigits(dirname(place), { ...options, part: part === 'train' ? 'train' : 'test' });
  }
  const names = found?.isDirectory() ? await readdir(place) : [];
  if (names.some((name) => IDX.test(name))) return openDigits(place, options);
  return openPictures(place, options);
}

async function openPictures(directory: string, { table, atMost }: SetOptions): Promise<ImageSet> {
  const pictures = sampleOf(await readLabelledPictures(directory, table), atMost);
  return {
    name: basename(directory),
    images: pictures.map(({ path, classId }) => ({ name: basename(path), classId })),
    classify: (from, to, classifier, views) =>
      classifyPhotos(
        pictures.slice(from, to).map(({ path }) => path),
        classifier,
        views,
      ),
  };
}

async function openDigits(directory: string, { table, part, atMost }: SetOptions): Promise<ImageSet> {
  if (table.labels.length !== DIGIT_CLASSES) {
    throw new BadInputError({
      code: 'ERR_IMAGES',
      problem: `The images in ${directory} are of ${DIGIT_CLASSES} classes, but the network has ${table.labels.length}`,
      fix: 'Give pictures of what this network tells apart',
    });
  }
  const set = await readMnist(directory, part);
  const kept = spaced(set.count, atMost);
  return {
    name: `${basename(directory)} (${part})`,
    images: kept.map((at) => ({ name: `${at}`, classId: set.labels[at] ?? 0 })),
    async classify(from, to, classifier, views) {
      const chosen = kept.slice(from, to);
      const { width, height, channels } = classifier.input;
      const same = views === 'single' && channels === 'grey' && width === DIGIT_SIDE && height === DIGIT_SIDE;
      if (same) {
        const tensor = new Float32Array(chosen.length * DIGIT_PIXELS);
        chosen.forEach((at, i) => {
          tensor.set(tensorOf(digit(set, at), classifier.input), i * DIGIT_PIXELS);
        });
        return classifier.classify(tensor, chosen.length);
      }
      const side = { width: DIGIT_SIDE, height: DIGIT_SIDE, channels: 1 } as const;
      const pictures = await Promise.all(chosen.map((at) => encodePng({ ...side, data: digit(set, at) })));
      return classifyPhotos(pictures, classifier, views);
    },
  };
}

function digit(set: DigitSet, at: number): Uint8Array {
  return set.images.subarray(at * DIGIT_PIXELS, (at + 1) * DIGIT_PIXELS);
}

/** At most so many indices below `count`, evenly spaced. */
function spaced(count: number, atMost: number): number[] {
  const length = Math.min(count, atMost);
  return Array.from({ length }, (_, i) => Math.floor((i * count) / length));
}
