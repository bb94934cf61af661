import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDrawer } from '../../../protocol/drawing/create-drawer.js';
import { MAX_SIDE } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { Module } from '../../../protocol/drawing/painting/webassembly.js';
import { type TensorSpec, tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import { uncroppedSide } from '../../../protocol/drawing/views.js';
import type { CppnGenome } from '../../../protocol/encodings/cppn/genome.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { anyCppn, anyDense, anyDirect, streamOf } from './genomes.js';

const colour = (side: number, layout: 'NCHW' | 'NHWC' = 'NCHW'): TensorSpec => ({
  layout,
  width: side,
  height: side,
  channels: 'RGB',
  scale: [1, 1, 1],
  offset: [0, 0, 0],
});
const shape = { canvas: 256, outputs: 3, hidden: 12, density: 2.5 } as const;

/** A picture whose value is a linear function of x: |v| = x/canvas, nearly. */
function ramp(canvas: number): CppnGenome {
  return {
    encoding: 'cppn',
    canvas,
    outputs: 1,
    activations: Uint8Array.of(3),
    sources: Uint16Array.of(0),
    targets: Uint16Array.of(4),
    weights: Float32Array.of(3 / canvas),
  };
}

describe('an image is the same picture at any size', () => {
  it('a size three times as large has the same pixel in the middle of each 3 × 3', () => {
    const drawer = loadDrawer();
    const random = streamOf('sizes');
    for (let i = 0; i < 10; i++) {
      const genome = anyCppn(random, { ...shape, hidden: 4 });
      const [small, large] = [drawer.pixels(genome, 32, 32).data, drawer.pixels(genome, 96, 96).data];
      // The same coordinates up to the last bit of a double, so nearly every byte is the same.
      let other = 0;
      for (let at = 0; at < 32 * 32; at++) {
        const middle = (3 * (at >> 5) + 1) * 96 + 3 * (at & 31) + 1;
        if (small[3 * at] !== large[3 * middle]) other++;
      }
      expect(other).toBeLessThan(10);
    }
  });

  it('the same holds of dense genomes, whose middle pixel has the very same place', () => {
    const drawer = loadDrawer();
    const genome = anyDense(streamOf('sizes'), { channels: 3, layers: 3, width: 24 });
    const [small, large] = [drawer.pixels(genome, 32, 32).data, drawer.pixels(genome, 96, 96).data];
    let other = 0;
    for (let at = 0; at < 32 * 32; at++) {
      const middle = (3 * (at >> 5) + 1) * 96 + 3 * (at & 31) + 1;
      if (small[3 * at] !== large[3 * middle]) other++;
    }
    expect(other).toBe(0);
  });

  it('x is the pixel index where the size is the canvas, and index (i+½)·canvas/n − ½ elsewhere', () => {
    const drawer = loadDrawer();
    const row = (n: number) => [...drawer.pixels(ramp(256), n, 1).data];
    expect(row(256)).toEqual(Array.from({ length: 256 }, (_, x) => Math.trunc((255 * x) / 256)));
    expect(row(128)).toEqual(Array.from({ length: 128 }, (_, i) => Math.trunc((255 * (2 * i + 0.5)) / 256)));
  });
});

describe('ten crops', () => {
  for (const layout of ['NCHW', 'NHWC'] as const) {
    for (const side of [28, 30, 224]) {
      it(`are the corners, the centre and their mirror images: ${layout}, ${side}`, () => {
        const drawer = loadDrawer();
        const genomes = [
          anyCppn(streamOf('crops'), shape),
          anyDirect(streamOf('crops'), 40, 40, 3),
          anyDense(streamOf('crops'), { channels: 3, layers: 1, width: 8 }),
        ];
        const spec = colour(side, layout);
        const crops = drawer.tensor(genomes, spec, 'ten-crop').slice();
        const large = uncroppedSide(side);
        const slack = large - side;
        const corners = [
          [0, 0],
          [slack, 0],
          [0, slack],
          [slack, slack],
          [slack >> 1, slack >> 1],
        ] as const;
        expect(crops.length).toBe(30 * tensorLength(spec));
        genomes.forEach((genome, g) => {
          const whole = drawer.tensor([genome], colour(large), 'single').slice();
          for (let view = 0; view < 10; view++) {
            const [left, top] = corners[view % 5] as readonly [number, number];
            let wrong = 0;
            for (let at = 0; at < tensorLength(spec); at++) {
              const pixel = layout === 'NCHW' ? at % (side * side) : Math.floor(at / 3);
              const c = layout === 'NCHW' ? Math.floor(at / (side * side)) : at % 3;
              const i = pixel % side;
              const x = left + (view < 5 ? i : side - 1 - i);
              const y = top + Math.floor(pixel / side);
              const got = crops[(g * 10 + view) * tensorLength(spec) + at];
              if (got !== whole[(c * large + y) * large + x]) wrong++;
            }
            expect(wrong, `view ${view}`).toBe(0);
          }
        });
      });
    }
  }

  it('are cropped from 256 for networks of 224 and 227, from 32 for one of 28', () => {
    expect([28, 224, 227, 299].map(uncroppedSide)).toEqual([32, 256, 256, 344]);
  });
});

describe('a drawer', () => {
  it('draws a batch as it draws each genome alone, whatever their encodings and canvases', () => {
    const drawer = loadDrawer();
    const random = streamOf('batch');
    const genomes = [
      anyCppn(random, shape),
      anyDirect(random, 31, 9, 1),
      anyCppn(random, { ...shape, canvas: 28, outputs: 1 }),
      anyDirect(random, 64, 64, 3),
      anyDense(random, { channels: 3, layers: 3, width: 24 }),
      anyCppn(random, shape),
      anyDense(random, { channels: 1, layers: 1, width: 64 }),
      anyDense(random, { channels: 3, layers: 2, width: 8 }),
    ];
    const spec = colour(64);
    const batch = drawer.tensor(genomes, spec, 'single').slice();
    genomes.forEach((genome, i) => {
      const alone = loadDrawer().tensor([genome], spec, 'single');
      expect(batch.subarray(i * alone.length, (i + 1) * alone.length)).toEqual(alone);
    });
    expect(drawer.tensor([], spec, 'single').length).toBe(0);
  });

  it('draws the same bytes on every machine', () => {
    const drawer = loadDrawer();
    const random = streamOf('recorded');
    const hash = createHash('sha256');
    for (let i = 0; i < 20; i++) {
      // Up to hundreds of nodes deep: there a single last bit shows.
      const depth = { hidden: i * i, density: 2 + i / 4 };
      const genome = anyCppn(random, { ...shape, ...depth, outputs: i % 2 === 0 ? 3 : 1 });
      hash.update(drawer.pixels(genome, 65, 43).data);
      hash.update(drawer.tensor([genome], colour(48), 'single'));
    }
    hash.update(drawer.pixels(anyDirect(random, 50, 50, 3), 77, 33).data);
    expect(hash.digest('hex')).toBe('9a6cf286fa8cd5e7963343f763215c3a3bf2b1d873edd0d6531ab0cf75014a3a');
  });

  it('draws the same bytes of dense genomes on every machine', () => {
    const drawer = loadDrawer();
    const random = streamOf('recorded dense');
    const hash = createHash('sha256');
    for (let i = 0; i < 8; i++) {
      const shape = { channels: i % 2 === 0 ? 3 : 1, layers: 1 + i, width: 8 * (8 - i) } as const;
      const genome = anyDense(random, shape);
      hash.update(drawer.pixels(genome, 65, 43).data);
      hash.update(drawer.tensor([genome], colour(48), 'single'));
    }
    expect(hash.digest('hex')).toBe('3603344d5ed883b420e20a5c8632076d1e1a6a2627a4829263481870cfbe4015');
  });

  it('does not grow in 2,000 draws', () => {
    const drawer = loadDrawer();
    const random = streamOf('memory');
    const genomes: Genome[] = Array.from({ length: 50 }, (_, i) => anyCppn(random, { ...shape, hidden: i }));
    genomes.push(anyDense(random, { channels: 3, layers: 1, width: 8 }));
    const draw = () => {
      for (const genome of genomes) drawer.tensor([genome, genome], colour(32), 'single');
      return drawer.tensor([], colour(32), 'single').buffer.byteLength;
    };
    const after = draw();
    for (let i = 1; i < 40; i++) expect(draw()).toBe(after);
  });

  it('has memory for ten crops of 299² from the start: V8 slows all typed arrays once a buffer was taken away', () => {
    const drawer = loadDrawer();
    const random = streamOf('from the start');
    const small = drawer.tensor([anyCppn(random, shape)], colour(32), 'single');
    for (const genome of [
      anyCppn(random, shape),
      anyDirect(random, 299, 299, 3),
      anyDense(random, { channels: 3, layers: 8, width: 64 }),
    ]) {
      drawer.tensor([genome], colour(299), 'ten-crop');
    }
    expect(small.buffer.byteLength).toBeGreaterThan(0);
  });

  it('refuses sizes out of range and factors that are not one a channel', () => {
    const drawer = loadDrawer();
    const genome = anyCppn(streamOf('range'), shape);
    for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_SIDE + 1]) {
      expect(() => drawer.pixels(genome, bad, 4)).toThrow(RangeError);
      expect(() => drawer.pixels(genome, 4, bad)).toThrow(RangeError);
      expect(() => drawer.tensor([genome], { ...colour(4), width: bad }, 'single')).toThrow(RangeError);
    }
    expect(() => drawer.tensor([genome], { ...colour(4), scale: [1] }, 'single')).toThrow(
      'expected 3 scales and offsets for RGB, got 1 and 3',
    );
    expect(drawer.pixels(genome, MAX_SIDE, 1).data.length).toBe(3 * MAX_SIDE);
    expect(drawer.pixels(genome, 1, MAX_SIDE).data.length).toBe(3 * MAX_SIDE);
  });

  it('is made of a compiled kernel alone, so that a browser can have one', () => {
    const file = new URL('../../../protocol/drawing/generated/kernel.wasm', import.meta.url);
    const drawer = createDrawer(new Module(readFileSync(file)));
    const genome = anyCppn(streamOf('browser'), shape);
    expect(drawer.pixels(genome, 20, 20)).toEqual(loadDrawer().pixels(genome, 20, 20));
  });
});
