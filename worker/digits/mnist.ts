import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BadInputError, messageOf, reasonOf } from '../../protocol/base/errors.js';

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

/** What a gzip member may unfold to: the largest MNIST file holds 47 MB. */
const MAX_UNFOLDED = 64 * 1024 * 1024;
const IMAGES_MAGIC = 0x0803;
const LABELS_MAGIC = 0x0801;
const PREFIX = { train: 'train', test: 't10k' } as const;

const unfold = promisify(gunzip);

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

/** The items of an idx file of bytes: magic, count, the sizes of an item, then the items. */
async function readIdx(
  file: string,
  magic: number,
  sizes: readonly number[],
): Promise<{ readonly count: number; readonly bytes: Uint8Array }> {
  const folded = await readFile(file).catch((cause) => {
    throw new BadInputError({
      code: 'ERR_MNIST_MISSING',
      problem: `The MNIST file ${file} cannot be read (${reasonOf(cause)})`,
      fix: 'Give the folder that holds the four MNIST files (*.gz) with --data',
      cause,
    });
  });
  const whole = await unfold(folded, { maxOutputLength: MAX_UNFOLDED }).catch((cause) => {
    throw corrupt(`${file} is not a gzip file (${messageOf(cause)})`, cause);
  });
  const header = 8 + 4 * sizes.length;
  const found = whole.length < 4 ? undefined : whole.readUInt32BE(0);
  if (found !== undefined && found !== magic)
    throw corrupt(`${file} begins with ${hex(found)}, but this idx file must begin with ${hex(magic)}`);
  if (whole.length < header)
    throw corrupt(`${file} has ${whole.length} bytes, but its header alone has ${header}`);
  const count = whole.readUInt32BE(4);
  if (count === 0) throw corrupt(`${file} has no items`);
  sizes.forEach((size, i) => {
    const came = whole.readUInt32BE(8 + 4 * i);
    if (came !== size)
      throw corrupt(`${file} has items with a side of ${came}, but they must be ${sizes.join(' × ')}`);
  });
  const length = sizes.reduce((product, size) => product * size, count);
  if (whole.length !== header + length) {
    throw corrupt(`${file} has ${whole.length} bytes, but ${count} items need ${header + length}`);
  }
  return { count, bytes: new Uint8Array(whole.buffer, whole.byteOffset + header, length) };
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

function corrupt(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_MNIST_CORRUPT', problem, fix: 'Download the file again', cause });
}
