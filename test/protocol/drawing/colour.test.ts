import { expect, it } from 'vitest';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { DirectGenome } from '../../../protocol/encodings/direct/genome.js';
import { rgbOf } from './oracle.js';

const drawer = loadDrawer();

/** Every lightness and saturation of a hue, as 256 × 256 pixels. */
function plane(hue: number): DirectGenome {
  const genes = new Uint16Array(256 * 256 * 3);
  for (let at = 0; at < 65_536; at++) genes.set([hue * 257, (at >> 8) * 257, (at & 255) * 257], at * 3);
  return { encoding: 'direct', width: 256, height: 256, channels: 3, genes };
}

it('every lightness and saturation of every 23rd hue byte is OpenCV’s colour', () => {
  for (let hue = 0; hue < 256; hue += 23) {
    const { data } = drawer.pixels(plane(hue), 256, 256);
    let wrong = 0;
    for (let at = 0; at < 65_536; at++) {
      const [r, g, b] = rgbOf(hue, at >> 8, at & 255);
      if (data[3 * at] !== r || data[3 * at + 1] !== g || data[3 * at + 2] !== b) wrong++;
    }
    expect(wrong, `hue ${hue}`).toBe(0);
  }
});

it('the primary colours are where OpenCV has them: hue in units of 2°, wrapping beyond 180', () => {
  expect(rgbOf(0, 128, 255)).toEqual([255, 1, 1]);
  const { data } = drawer.pixels(
    {
      encoding: 'direct',
      width: 4,
      height: 1,
      channels: 3,
      genes: Uint16Array.from([0, 128, 255, 60, 128, 255, 120, 128, 255, 180, 128, 255], (b) => b * 257),
    },
    4,
    1,
  );
  expect([...data]).toEqual([255, 1, 1, 1, 255, 1, 1, 1, 255, 255, 1, 1]);
});

it('a gene’s byte is floor(255 · gene / 65535), for all 65,536 genes', () => {
  const genes = Uint16Array.from({ length: 65_536 }, (_, gene) => gene);
  for (const [width, height] of [
    [256, 256],
    [4096, 16],
  ] as const) {
    const { data } = drawer.pixels({ encoding: 'direct', width, height, channels: 1, genes }, width, height);
    expect(data.findIndex((byte, gene) => byte !== Math.floor((255 * gene) / 65_535))).toBe(-1);
  }
});
