import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { enlarge } from '../../../coordinator/export/picture.js';
import { encodePng } from '../../../coordinator/export/png.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { ENCODING_NAMES } from '../../../protocol/encodings/names.js';
import { randomGenome } from '../../../protocol/encodings/variation.js';

const drawer = loadDrawer();
const side = fc.integer({ min: 1, max: 60 });
const channels = fc.constantFrom(1, 3) as fc.Arbitrary<1 | 3>;

const pictures: fc.Arbitrary<Pixels> = fc
  .record({ width: side, height: side, channels })
  .chain(({ width, height, channels }) => {
    const length = width * height * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => ({ width, height, channels, data }));
  });

describe('what a network saw', () => {
  it('is drawn byte for byte as the kernel draws its tensor, whatever takes grey or colour', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(...ENCODING_NAMES),
        channels,
        fc.boolean(),
        side,
        side,
        (seed, encoding, genes, grey, width, height) => {
          const random = randomFrom(seed, 'picture');
          const shape = { encoding, canvas: 20, channels: genes, layers: DEFAULT_LAYERS };
          const genome = randomGenome(shape, random);
          const one = grey ? [1] : [1, 1, 1];
          const spec: TensorSpec = {
            layout: 'NHWC',
            width,
            height,
            channels: grey ? 'grey' : 'RGB',
            scale: one,
            offset: one.map(() => 0),
          };
          const tensor = drawer.tensor([genome], spec, 'single').slice();
          const drawn = drawFor(drawer, genome, { width, height, grey });
          const each = tensor.length / drawn.data.length;
          // Grey on a colour network is one channel here, and three times the same there.
          expect([1, 3]).toContain(each);
          expect([...tensor]).toEqual([...drawn.data].flatMap((byte) => Array(each).fill(byte)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an enlarged picture', () => {
  it('has no colour of its own, and gives the picture back when one pixel of each block is taken', () => {
    fc.assert(
      fc.property(pictures, fc.nat(50), fc.nat(50), (picture, wider, higher) => {
        const width = picture.width + wider;
        const height = picture.height + higher;
        const { data } = enlarge(picture, { width, height });
        expect(data).toHaveLength(width * height * picture.channels);
        for (let y = 0; y < picture.height; y++) {
          for (let x = 0; x < picture.width; x++) {
            // The pixel in the middle of the block.
            const at = {
              x: Math.floor(((2 * x + 1) * width) / (2 * picture.width)),
              y: Math.floor(((2 * y + 1) * height) / (2 * picture.height)),
            };
            for (let c = 0; c < picture.channels; c++) {
              const enlarged = data[(at.y * width + at.x) * picture.channels + c];
              expect(enlarged).toBe(picture.data[(y * picture.width + x) * picture.channels + c]);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has equal blocks by a whole factor, and loses nothing', () => {
    const picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
    expect([...enlarge(picture, { width: 4, height: 2 }).data]).toEqual([
      1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6,
    ]);
    expect(() => enlarge(picture, { width: 1, height: 2 })).toThrow(RangeError);
  });
});

describe('a PNG of a picture', () => {
  it('holds these very bytes, grey or in colour, 8 bits of each, and no profile or gamma that would change them', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        const png = await encodePng(picture);
        const { width, height, channels, data } = picture;
        expect(chunksOf(png).filter((name) => !['IHDR', 'pHYs', 'IDAT', 'IEND'].includes(name))).toEqual([]);
        // Bits a channel, and the kind of colour: 0 grey, 2 RGB (PNG, 11.2.1).
        expect([png[24], png[25]]).toEqual([8, channels === 1 ? 0 : 2]);
        const read = sharp(png).toColourspace(channels === 1 ? 'b-w' : 'srgb');
        const { data: bytes, info } = await read.raw().toBuffer({ resolveWithObject: true });
        expect(info).toMatchObject({ width, height, channels });
        expect(Buffer.compare(bytes, data)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

/** Names of the chunks of a PNG, in order: length, name, data, checksum. */
function chunksOf(png: Buffer): string[] {
  const names: string[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    names.push(png.toString('latin1', at + 4, at + 8));
  }
  return names;
}
