import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createArena } from '../../../protocol/drawing/painting/arena.js';
import type { HlsKernel } from '../../../protocol/drawing/painting/hls-kernel.js';
import { Instance, Memory, Module } from '../../../protocol/drawing/painting/webassembly.js';
import { streamOf } from './genomes.js';
import { rgbOf } from './oracle.js';
import { smoothRgbOf } from './smooth-colour.js';

const memory = new Memory({ initial: 2 });
const module = new Module(
  readFileSync(new URL('../../../protocol/drawing/generated/kernel.wasm', import.meta.url)),
);
const kernel = new Instance(module, { env: { memory } }).exports as HlsKernel & { firstFree(): number };

describe('the kernel’s slopes of hue, lightness and saturation', () => {
  const random = streamOf('hls slope');

  it('come from colours that are those of the drawing before they are rounded', () => {
    for (let i = 0; i < 2000; i++) {
      const hls = [random.below(256), random.below(256), random.below(256)] as const;
      const drawn = rgbOf(...hls);
      smoothRgbOf(...hls).forEach((value, c) => {
        expect(Math.abs(value - (drawn[c] as number))).toBeLessThanOrEqual(0.5 + 1e-9);
      });
    }
  });

  it('are the finite differences of red, green and blue', () => {
    const count = 2048;
    const values = Float32Array.from({ length: 3 * count }, () => random.uniform() * 255);
    const slopes = Float32Array.from({ length: 3 * count }, () => 2 * random.uniform() - 1);
    const arena = createArena(memory, kernel.firstFree());
    const [valuesAt, slopesAt] = [arena.take(values.byteLength), arena.take(slopes.byteLength)];
    arena.f32.set(values, valuesAt / 4);
    arena.f32.set(slopes, slopesAt / 4);
    kernel.hlsSlope(valuesAt, slopesAt, count * 4);
    const found = arena.f32.slice(slopesAt / 4, slopesAt / 4 + 3 * count);
    const step = 1e-5;
    for (let i = 0; i < count; i++) {
      const hls = [0, 1, 2].map((c) => values[c * count + i] as number) as [number, number, number];
      const total = (by: number, channel: number) => {
        const moved = hls.map((value, c) => (c === channel ? value + by : value)) as [number, number, number];
        return smoothRgbOf(...moved).reduce((sum, v, c) => sum + v * (slopes[c * count + i] as number), 0);
      };
      for (const channel of [0, 1, 2]) {
        const wanted = (total(step, channel) - total(-step, channel)) / (2 * step);
        expect(Math.abs((found[channel * count + i] as number) - wanted)).toBeLessThan(1e-4);
      }
    }
  });
});
