import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { DIGIT_PIXELS, DIGIT_SIDE } from '../../../worker/digits/mnist.js';

/** The published files, beside the repository; tests that need them skip themselves where they are absent. */
export const MNIST = '../shared/mnist';
export const hasMnist = existsSync(join(MNIST, 't10k-images-idx3-ubyte.gz'));

interface Digits {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** An idx file of bytes, not gzipped. */
export function idx(magic: number, sizes: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic);
  sizes.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([header, bytes]);
}

export async function writeMnist(
  dir: string,
  part: 'train' | 'test',
  { images, labels }: Digits,
): Promise<void> {
  const prefix = part === 'train' ? 'train' : 't10k';
  const count = images.length / DIGIT_PIXELS;
  await writeFile(
    join(dir, `${prefix}-images-idx3-ubyte.gz`),
    gzipSync(idx(0x803, [count, DIGIT_SIDE, DIGIT_SIDE], images)),
  );
  await writeFile(join(dir, `${prefix}-labels-idx1-ubyte.gz`), gzipSync(idx(0x801, [labels.length], labels)));
}

/** Images that are easily told apart: digit d is a bright bar at row 2d + 4, under noise. */
export function barDigits(count: number, seed: number): Digits & { readonly count: number } {
  const random = randomFrom(seed, 'bar digits');
  const labels = Uint8Array.from({ length: count }, () => random.below(10));
  const images = Uint8Array.from({ length: count * DIGIT_PIXELS }, (_, i) => {
    const row = Math.floor((i % DIGIT_PIXELS) / DIGIT_SIDE);
    const label = labels[Math.floor(i / DIGIT_PIXELS)] ?? 0;
    return random.below(60) + (row >> 1 === label + 2 ? 180 : 0);
  });
  return { count, images, labels };
}
