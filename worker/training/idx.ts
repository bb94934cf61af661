import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BadInputError, messageOf, reasonOf } from '../../protocol/base/errors.js';

/** What a gzip member may unfold to: the largest MNIST file holds 47 MB. */
const MAX_UNFOLDED = 64 * 1024 * 1024;
/** How files of images [count, height, width] and of labels [count] begin. */
export const IMAGES_MAGIC = 0x0803;
export const LABELS_MAGIC = 0x0801;

const unfold = promisify(gunzip);

interface IdxItems {
  readonly count: number;
  /** Of one item. */
  readonly sizes: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * The items of a gzipped idx file of bytes (LeCun, Cortes and Burges, "The MNIST database of handwritten digits"): magic,
 * count, the sizes of an item, then the items. `sizes`: what the sizes must be; undefined: anything.
 * Rejects with a {@link BadInputError} (`ERR_MNIST_MISSING`, `ERR_MNIST_CORRUPT`).
 */
export async function readIdx(
  file: string,
  magic: number,
  sizes: readonly (number | undefined)[],
): Promise<IdxItems> {
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
  const came = sizes.map((_, i) => whole.readUInt32BE(8 + 4 * i));
  came.forEach((side, i) => {
    if (side !== (sizes[i] ?? side))
      throw corrupt(`${file} has items with a side of ${side}, but they must be ${sizes.join(' × ')}`);
  });
  const length = came.reduce((product, size) => product * size, count);
  if (whole.length !== header + length) {
    throw corrupt(`${file} has ${whole.length} bytes, but ${count} items need ${header + length}`);
  }
  return { count, sizes: came, bytes: new Uint8Array(whole.buffer, whole.byteOffset + header, length) };
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

function corrupt(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({ code: 'ERR_MNIST_CORRUPT', problem, fix: 'Download the file again', cause });
}
