import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { readMnist } from '../../../worker/digits/mnist.js';
import { hasMnist, idx, MNIST, writeMnist } from './mnist-files.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-mnist-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const IMAGES = 'train-images-idx3-ubyte.gz';
const LABELS = 'train-labels-idx1-ubyte.gz';

describe('readMnist', () => {
  it('gives back the images and labels that were written', async () => {
    const images = Uint8Array.from({ length: 3 * 784 }, (_, i) => i % 251);
    await writeMnist(dir, 'train', { images, labels: Uint8Array.of(7, 0, 9) });
    const read = await readMnist(dir, 'train');
    expect(read.count).toBe(3);
    expect([...read.labels]).toEqual([7, 0, 9]);
    expect(Buffer.compare(read.images, images)).toBe(0);
  });

  it.skipIf(!hasMnist)('reads the published files (needs ../shared/mnist)', async () => {
    const { count, images, labels } = await readMnist(MNIST, 'test');
    expect([count, images.length]).toEqual([10_000, 7_840_000]);
    // How often each digit comes in the test set, as its authors' page and many others count it.
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  const good = { images: new Uint8Array(2 * 784), labels: Uint8Array.of(1, 2) };
  const damages: readonly [string, string, RegExp, (dir: string) => Promise<void>][] = [
    ['a missing file', 'ERR_MNIST_MISSING', /--data/, (at) => rm(join(at, LABELS))],
    [
      'a folder in place of a file',
      'ERR_MNIST_MISSING',
      /cannot be read \(a directory\)/,
      async (at) => {
        await rm(join(at, LABELS));
        await mkdir(join(at, LABELS));
      },
    ],
    [
      'a file that is not gzipped',
      'ERR_MNIST_CORRUPT',
      /gzip/,
      (at) => writeFile(join(at, IMAGES), 'digits'),
    ],
    [
      'a gzip file that breaks off',
      'ERR_MNIST_CORRUPT',
      /gzip/,
      (at) => writeFile(join(at, IMAGES), gzipSync(idx(0x803, [2, 28, 28], good.images)).subarray(0, 30)),
    ],
    [
      'labels where images belong',
      'ERR_MNIST_CORRUPT',
      /begins with 0x00000801, but .* 0x00000803/,
      (at) => copyFile(join(at, LABELS), join(at, IMAGES)),
    ],
    ['an empty file', 'ERR_MNIST_CORRUPT', /header/, (at) => writeFile(join(at, LABELS), gzipSync(''))],
    [
      'fewer bytes than images',
      'ERR_MNIST_CORRUPT',
      /2 items need 1584/,
      (at) => writeFile(join(at, IMAGES), gzipSync(idx(0x803, [2, 28, 28], new Uint8Array(1500)))),
    ],
    [
      'images of another size',
      'ERR_MNIST_CORRUPT',
      /28 × 28/,
      (at) => writeFile(join(at, IMAGES), gzipSync(idx(0x803, [2, 28, 14], new Uint8Array(784)))),
    ],
    [
      'fewer labels than images',
      'ERR_MNIST_CORRUPT',
      /1 labels, but there are 2 images/,
      (at) => writeFile(join(at, LABELS), gzipSync(idx(0x801, [1], Uint8Array.of(3)))),
    ],
    [
      'a label that is no digit',
      'ERR_MNIST_CORRUPT',
      /label 10/,
      (at) => writeFile(join(at, LABELS), gzipSync(idx(0x801, [2], Uint8Array.of(3, 10)))),
    ],
    [
      'no items',
      'ERR_MNIST_CORRUPT',
      /has no items/,
      (at) => writeFile(join(at, LABELS), gzipSync(idx(0x801, [0], new Uint8Array()))),
    ],
  ];

  it.each(damages)('says what is wrong with %s', async (_, code, words, damage) => {
    await writeMnist(dir, 'train', good);
    await damage(dir);
    const error = await readMnist(dir, 'train').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadInputError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('refuses a file that would unfold without bounds', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    expect(gunzipSync(bomb).length).toBe(80 * 1024 * 1024);
    await writeMnist(dir, 'train', good);
    await writeFile(join(dir, IMAGES), bomb);
    await expect(readMnist(dir, 'train')).rejects.toMatchObject({ code: 'ERR_MNIST_CORRUPT' });
  });
});
