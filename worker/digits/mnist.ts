import { join } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import { IMAGES_MAGIC, LABELS_MAGIC, readIdx } from '../training/idx.js';

/** Handwritten digits: `count` images of 28 × 28 bytes (0 paper, 255 ink), row by row, and a label 0 … 9 each. */
export interface DigitSet {
  readonly count: number;
  /** Shape [count, 28, 28]. */
  readonly images: Uint8Array;
  /** Shape [count]. */
  readonly labels: Uint8Array;
}

export const DIGIT_SIDE = 28;
export const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
export const DIGIT_CLASSES = 10;

const PREFIX = { train: 'train', test: 't10k' } as const;

/**
 * Reads one half of MNIST from `dir`, where its files lie as they are published: gzipped idx (LeCun, Cortes and Burges,
 * "The MNIST database of handwritten digits"). Throws a {@link BadInputError} for a file that is missing or corrupt.
 */
export async function readMnist(dir: string, part: 'train' | 'test'): Promise<DigitSet> {
  const imagesFile = join(dir, `${PREFIX[part]}-images-idx3-ubyte.gz`);
  const labelsFile = join(dir, `${PREFIX[part]}-labels-idx1-ubyte.gz`);
  const [images, labels] = await Promise.all([
    readIdx(imagesFile, IMAGES_MAGIC, [DIGIT_SIDE, DIGIT_SIDE]),
    readIdx(labelsFile, LABELS_MAGIC, []),
  ]);
  if (images.count !== labels.count) {
    throw corrupt(`${labelsFile} has ${labels.count} labels, but there are ${images.count} images`);
  }
  const stray = labels.bytes.find((label) => label >= DIGIT_CLASSES);
  if (stray !== undefined) throw corrupt(`${labelsFile} has the label ${stray}, but labels are 0 to 9`);
  return { count: images.count, images: images.bytes, labels: labels.bytes };
}

function corrupt(problem: string): BadInputError {
  return new BadInputError({ code: 'ERR_MNIST_CORRUPT', problem, fix: 'Download the file again' });
}
