import { describe, expect, it } from 'vitest';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { ChannelOrder, TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { express } from '../../../protocol/encodings/cppn/express.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { anyCppn, anyDense, anyDirect, streamOf } from './genomes.js';
import { colourOf, samplesAt } from './oracle.js';

const drawer = loadDrawer();

/** One pixel of a tensor of shape [1, …spec], in the tensor's channel order. */
function pixelOf(
  tensor: Float32Array,
  { layout, width, height, channels }: TensorSpec,
  x: number,
  y: number,
) {
  const count = channels === 'grey' ? 1 : 3;
  return Array.from({ length: count }, (_, c) =>
    layout === 'NCHW' ? tensor[(c * height + y) * width + x] : tensor[(y * width + x) * count + c],
  );
}

/** Draws with kernel and oracle, and lists up to 5 pixels that differ in any bit; compares every `step`th pixel. */
function differences(genome: Genome, spec: TensorSpec, step = 1): string[] {
  const { width, height, channels, scale, offset } = spec;
  const tensor = drawer.tensor([genome], spec, 'single').slice();
  const found: string[] = [];
  for (let at = 0; at < width * height && found.length < 5; at += step) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const expected = colourOf(samplesAt(genome, x, y, width, height), channels, genome.encoding).map(
      (byte, c) =>
        Math.fround(Math.fround(byte * Math.fround(scale[c] as number)) + Math.fround(offset[c] as number)),
    );
    const got = pixelOf(tensor, spec, x, y);
    if (got.some((value, c) => value !== expected[c])) found.push(`(${x}, ${y}): ${got} for ${expected}`);
  }
  return found;
}

const SCALE = [0.017, 0.0175, 0.0174];
const OFFSET = [-2.1, -2.03, -1.8];
function specOf(layout: 'NCHW' | 'NHWC', channels: ChannelOrder, width: number, height = width): TensorSpec {
  const count = channels === 'grey' ? 1 : 3;
  return { layout, channels, width, height, scale: SCALE.slice(0, count), offset: OFFSET.slice(0, count) };
}

describe('the kernel draws what the oracle draws, bit for bit', () => {
  const random = streamOf('shapes');
  for (const outputs of [1, 3] as const) {
    for (const [hidden, density] of [
      [0, 3],
      [4, 2],
      [12, 2],
      [12, 6],
      [40, 3],
    ] as const) {
      it(`cppn: ${outputs} outputs, ${hidden} hidden nodes, ${density} connections into each`, () => {
        let varied = 0;
        for (let i = 0; i < 12; i++) {
          const canvas = ([28, 256, 256, 64, 1000, 1] as const)[i % 6] as number;
          const genome = anyCppn(random, { canvas, outputs, hidden, density });
          expect(differences(genome, specOf('NCHW', 'RGB', 19, 13))).toEqual([]);
          if (new Set(drawer.pixels(genome, 19, 13).data).size > 4) varied++;
        }
        expect(varied, 'pictures that are not flat').toBeGreaterThanOrEqual(5);
      });
    }
  }

  // So deep that one wrong last bit changes 4 bytes in 10: here agreement shows the arithmetic to be the same.
  it('cppn: hundreds of nodes, every one of them live', () => {
    for (let i = 0; i < 3; i++) {
      const genome = anyCppn(random, { canvas: 256, outputs: 3, hidden: 600, density: 9 });
      expect(express(genome).activations.length).toBeGreaterThan(500);
      expect(differences(genome, specOf('NCHW', 'RGB', 13, 9))).toEqual([]);
      expect(new Set(drawer.pixels(genome, 13, 9).data).size).toBeGreaterThan(16);
    }
  });

  for (const channels of [1, 3] as const) {
    for (const [layers, width] of [
      [1, 4],
      [1, 64],
      [2, 16],
      [3, 24],
      [4, 20],
      [8, 8],
      [8, 64],
    ] as const) {
      it(`dense: ${channels} channels, ${layers} layers of ${width} units`, () => {
        let varied = 0;
        for (let i = 0; i < 6; i++) {
          const genome = anyDense(random, { channels, layers, width });
          expect(differences(genome, specOf('NCHW', 'RGB', 19, 13), layers * width > 100 ? 5 : 1)).toEqual(
            [],
          );
          if (new Set(drawer.pixels(genome, 19, 13).data).size > 16) varied++;
        }
        expect(varied, 'pictures that are not flat').toBeGreaterThanOrEqual(4);
      });
    }
  }

  const sizes = [
    [1, 1],
    [2, 7],
    [3, 5],
    [4, 4],
    [5, 3],
    [28, 28],
    [31, 1],
    [224, 224],
    [256, 256],
    [500, 300],
  ] as const;
  for (const [width, height] of sizes) {
    it(`every layout, order and encoding at ${width} × ${height}`, () => {
      const step = width * height > 5000 ? 97 : 1;
      for (const channels of [1, 3] as const) {
        const genomes = [
          anyCppn(random, { canvas: 256, outputs: channels, hidden: 8, density: 2.5 }),
          anyDirect(random, width, height, channels),
          anyDirect(random, 23, 17, channels),
          anyDense(random, { channels, layers: 2, width: 4 }),
        ];
        for (const genome of genomes) {
          for (const layout of ['NCHW', 'NHWC'] as const) {
            for (const order of ['RGB', 'BGR', 'grey'] as const) {
              expect(differences(genome, specOf(layout, order, width, height), step)).toEqual([]);
            }
          }
        }
      }
    });
  }
});

describe('pixels', () => {
  it('are the bytes of the oracle, one channel for grey and three for colour', () => {
    const random = streamOf('pixels');
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [37, 11],
      [64, 64],
    ] as const) {
      for (const channels of [1, 3] as const) {
        for (const genome of [
          anyCppn(random, { canvas: 28, outputs: channels, hidden: 6, density: 2.5 }),
          anyDirect(random, 28, 28, channels),
          anyDense(random, { channels, layers: 2, width: 12 }),
        ]) {
          const drawn = drawer.pixels(genome, width, height);
          const expected = Array.from({ length: width * height }, (_, at) =>
            colourOf(
              samplesAt(genome, at % width, Math.floor(at / width), width, height),
              channels === 1 ? 'grey' : 'RGB',
              genome.encoding,
            ),
          ).flat();
          expect({ ...drawn, data: [...drawn.data] }).toEqual({ width, height, channels, data: expected });
        }
      }
    }
  });
});
