import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { idx } from '../../worker/digits/mnist-files.js';
import { callAtoll } from '../call.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-train-'));
  for (const [name, background] of [
    ['blue', '#23d'],
    ['red', '#d32'],
  ] as const) {
    await mkdir(join(root, 'pictures', name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      await sharp({ create: { width: 20 + i, height: 24, channels: 3, background } })
        .png()
        .toFile(join(root, 'pictures', name, `${i}.png`));
    }
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

const small = '--size 16 --batch 9 --epochs 12 --rate 0.01'.split(' ');

interface Trained {
  readonly accuracy: number;
  readonly measuredOn: string;
  readonly epochs: number;
}

async function good<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await callAtoll(args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

describe('atoll train', () => {
  it('makes of a folder for each class a network that tells them apart, with a card', async () => {
    const out = join(root, 'colours');
    const data = join(root, 'pictures');
    const trained = await good<Trained>('train', '--data', data, '--out', out, ...small, '--json');
    expect(trained).toMatchObject({ accuracy: 1, measuredOn: 'validation' });
    expect((await readdir(out)).sort()).toEqual(['card.yaml', 'model.onnx', 'report']);
    const { rebuild } = parse(await readFile(join(out, 'card.yaml'), 'utf8')) as { rebuild: string };
    expect(rebuild).toContain(`atoll train --data ${data} --size 16`);
    const picture = join(data, 'red', '3.png');
    const { top } = await good<{ top: { label: string }[] }>('classify', picture, '--model', out, '--json');
    expect(top[0]?.label).toBe('red');
  });

  it('takes idx files of any size, and tells what it measures on their test images', async () => {
    const data = join(root, 'idx');
    await mkdir(data);
    for (const [part, count] of [
      ['train', 40],
      ['t10k', 10],
    ] as const) {
      // Class 1 is white, class 0 black.
      const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
      const images = Uint8Array.from({ length: count * 17 * 18 }, (_, i) =>
        Math.floor(i / (17 * 18)) % 2 === 1 ? 250 : 5,
      );
      await writeFile(
        join(data, `${part}-images-idx3-ubyte.gz`),
        gzipSync(idx(0x803, [count, 17, 18], images)),
      );
      await writeFile(join(data, `${part}-labels-idx1-ubyte.gz`), gzipSync(idx(0x801, [count], labels)));
    }
    const out = join(root, 'black-and-white');
    const trained = await good<Trained>('train', '--data', data, '--out', out, ...small, '--half', '--json');
    expect(trained).toMatchObject({ accuracy: 1, measuredOn: 'test' });
  });

  it.each([
    ['a folder that is not there', ['--data', 'nowhere'], /There is no folder nowhere/],
    ['a folder of one class', ['--data', '.'], /holds \d+ folders? of pictures, but two are the least/],
    ['a network of another name', ['--data', '.', '--network', 'vgg'], /must be lenet or convnet/],
    ['a size too small', ['--data', '.', '--size', '8'], /a whole number from 16 to 256/],
  ])('says what is wrong with %s', async (_, flags, message) => {
    const data = flags.map((flag) => (flag === '.' ? join(root, 'pictures', 'red') : flag));
    const { code, stderr } = await callAtoll(['train', ...data, '--out', join(root, 'never')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('replaces a network only when it is told to', async () => {
    const args = ['train', '--data', join(root, 'pictures'), '--out', join(root, 'colours'), ...small];
    const { code, stderr } = await callAtoll(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/holds a network already.*--restart/);
    expect((await callAtoll([...args, '--restart'])).code).toBe(0);
  });
});
