import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BadInputError, messageOf } from '../../protocol/errors.js';

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
    throw corrupt(labelsFile, `${images.count} labels, one an image`, `${labels.count}`);
  }
  const stray = labels.bytes.find((label) => label >= DIGIT_CLASSES);
  if (stray !== undefined) throw corrupt(labelsFile, 'labels from 0 to 9', `the label ${stray}`);
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
      expected: `the MNIST file ${file}`,
      got: messageOf(cause),
      fix: 'name the folder that holds the four MNIST files (*.gz) with --data',
      cause,
    });
  });
  const whole = await unfold(folded, { maxOutputLength: MAX_UNFOLDED }).catch((cause) => {
    throw corrupt(file, 'a gzip file', messageOf(cause), cause);
  });
  const header = 8 + 4 * sizes.length;
  const found = whole.length < 4 ? undefined : whole.readUInt32BE(0);
  if (found !== undefined && found !== magic) throw corrupt(file, `idx magic ${hex(magic)}`, hex(found));
  if (whole.length < header) throw corrupt(file, `an idx header of ${header} bytes`, `${whole.length} bytes`);
  const count = whole.readUInt32BE(4);
  if (count === 0) throw corrupt(file, 'at least one item', 'none');
  sizes.forEach((size, i) => {
    const came = whole.readUInt32BE(8 + 4 * i);
    if (came !== size) throw corrupt(file, `items of ${sizes.join(' × ')}`, `a side of ${came}`);
  });
  const length = sizes.reduce((product, size) => product * size, count);
  if (whole.length !== header + length) {
    throw corrupt(file, `${header + length} bytes for ${count} items`, `${whole.length}`);
  }
  return { count, bytes: new Uint8Array(whole.buffer, whole.byteOffset + header, length) };
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

function corrupt(file: string, expected: string, got: string, cause?: unknown): BadInputError {
  const fix = 'fetch the file again';
  return new BadInputError({
    code: 'ERR_MNIST_CORRUPT',
    expected: `${expected} in ${file}`,
    got,
    fix,
    cause,
  });
}
