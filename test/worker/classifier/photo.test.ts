import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { readPhoto } from '../../../worker/classifier/photo.js';
import { topGuesses } from '../../../worker/classifier/photos.js';

const RGB: TensorSpec = {
  layout: 'NCHW',
  width: 2,
  height: 2,
  channels: 'RGB',
  scale: [1, 1, 1],
  offset: [0, 0, 0],
};
/** Four pixels, RGB. */
const PIXELS = [
  [255, 0, 1],
  [2, 250, 3],
  [4, 5, 245],
  [100, 110, 120],
] as const;

let directory: string;
let picture: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-photo-'));
  picture = join(directory, 'four.png');
  await sharp(Buffer.from(PIXELS.flat()), { raw: { width: 2, height: 2, channels: 3 } })
    .png()
    .toFile(picture);
});
afterAll(() => rm(directory, { recursive: true }));

describe('a picture of the size of the network', () => {
  it('becomes its very bytes, in the layout, order and normalisation of the network', async () => {
    const planar = [0, 1, 2].flatMap((c) => PIXELS.map((pixel) => pixel[c as 0 | 1 | 2]));
    expect([...(await readPhoto(picture, RGB))]).toEqual(planar);
    expect([...(await readPhoto(picture, { ...RGB, layout: 'NHWC' }))]).toEqual(PIXELS.flat());
    const reversed: TensorSpec = {
      ...RGB,
      layout: 'NHWC',
      channels: 'BGR',
      scale: [2, 1, 1],
      offset: [0, -1, 0.5],
    };
    expect([...(await readPhoto(picture, reversed))]).toEqual(
      PIXELS.flatMap(([red, green, blue]) => [2 * blue, green - 1, red + 0.5]),
    );
  });

  it('is read as grey by a grey network', async () => {
    const grey: TensorSpec = { ...RGB, channels: 'grey', scale: [1], offset: [0] };
    const flat = join(directory, 'grey.png');
    await sharp(Buffer.from([10, 90, 170, 250]), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toFile(flat);
    expect([...(await readPhoto(flat, grey))]).toEqual([10, 90, 170, 250]);
    expect(await readPhoto(picture, grey)).toHaveLength(4);
  });
});

describe('a picture of another size', () => {
  it('is cut in the middle: 224 of a shorter side of 256', async () => {
    const spec: TensorSpec = { ...RGB, layout: 'NHWC', width: 224, height: 224 };
    // A frame of 16 around a square; 300 wide, of which the middle 256 count.
    const square = { create: { width: 224, height: 224, channels: 3, background: '#ffffff' } } as const;
    const wide = join(directory, 'wide.webp');
    await sharp({ create: { width: 300, height: 256, channels: 3, background: '#000000' } })
      .composite([{ input: await sharp(square).png().toBuffer(), left: 38, top: 16 }])
      .webp({ lossless: true })
      .toFile(wide);
    expect((await readPhoto(wide, spec)).every((value) => value === 255)).toBe(true);
  });

  it('is squeezed whole into a small network', async () => {
    const spec: TensorSpec = { ...RGB, channels: 'grey', scale: [1], offset: [0], width: 28, height: 28 };
    expect(await readPhoto(picture, spec)).toHaveLength(28 * 28);
  });

  it('may have transparency, which is black', async () => {
    const clear = join(directory, 'clear.png');
    await sharp({
      create: { width: 9, height: 9, channels: 4, background: { r: 255, g: 255, b: 255, alpha: 0 } },
    })
      .png()
      .toFile(clear);
    expect((await readPhoto(clear, RGB)).every((value) => value === 0)).toBe(true);
  });
});

describe('what is no picture is refused in one sentence:', () => {
  it('no file, a directory, text, half a picture, a picture of another kind, a decompression bomb', async () => {
    const text = join(directory, 'text.png');
    await writeFile(text, 'not a picture');
    const half = join(directory, 'half.jpg');
    const noise = Buffer.from(Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 7919) % 251));
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    await writeFile(half, jpeg.subarray(0, jpeg.length / 2));
    const gif = join(directory, 'other.gif');
    await sharp(picture).gif().toFile(gif);
    const bomb = join(directory, 'bomb.png');
    await sharp({ create: { width: 3000, height: 3000, channels: 3, background: '#000000' } })
      .png()
      .toFile(bomb);
    for (const path of [join(directory, 'none.png'), directory, text, half, gif]) {
      await expect(readPhoto(path, RGB), path).rejects.toMatchObject({ code: 'ERR_IMAGE', exitCode: 2 });
    }
    await expect(readPhoto(bomb, RGB, 3000 * 3000 - 1)).rejects.toMatchObject({ code: 'ERR_IMAGE' });
    await expect(readPhoto(bomb, RGB, 3000 * 3000)).resolves.toHaveLength(12);
  });
});

describe('the best guesses', () => {
  it('come greatest first, of equals the smaller class', () => {
    const guesses = topGuesses(Float32Array.of(0.1, 0.3, 0.3, 0.25, 0.05), ['a', 'b', 'c', 'd', 'e'], 4);
    expect(guesses.map(({ label }) => label)).toEqual(['b', 'c', 'd', 'a']);
  });
});
