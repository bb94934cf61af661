import { expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../../protocol/drawing/load.js';
import { rgbOfHls } from '../../../../protocol/encodings/direct/hls.js';
import { directOfPicture } from '../../../../protocol/encodings/direct/of-picture.js';
import { rgbOf } from '../../drawing/oracle.js';

const drawer = loadDrawer();
const random = randomFrom(5, 'colours');

it('colours are those of the drawing, for every hue and 2,000 shades', () => {
  for (let i = 0; i < 2000; i++) {
    const [hue, lightness, saturation] = [random.below(256), random.below(256), random.below(256)] as const;
    const [r, g, b] = rgbOf(hue, lightness, saturation);
    expect(rgbOfHls(hue, lightness, saturation)).toBe((r << 16) | (g << 8) | b);
  }
});

it('a grey picture is drawn again byte for byte', () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(drawer.pixels(directOfPicture({ width: 16, height: 16, channels: 1, data }), 16, 16).data).toEqual(
    data,
  );
});

it('a picture of colours that the encoding has is drawn again: 99 of 100 levels the same, none off by more than 1', () => {
  const data = new Uint8Array(3 * 2500);
  for (let i = 0; i < data.length; i += 3) {
    data.set(rgbOf(random.below(180), random.below(256), random.below(256)), i);
  }
  const drawn = drawer.pixels(directOfPicture({ width: 50, height: 50, channels: 3, data }), 50, 50).data;
  const off = data
    .map((level, i) => Math.abs(level - (drawn[i] ?? 0)))
    .filter((difference) => difference > 0);
  expect(off.length).toBeLessThan(data.length / 100);
  for (const difference of off) expect(difference).toBe(1);
});

it('any other colour is drawn within five levels a channel', () => {
  const data = Uint8Array.from({ length: 3 * 900 }, () => random.below(256));
  const drawn = drawer.pixels(directOfPicture({ width: 30, height: 30, channels: 3, data }), 30, 30).data;
  const furthest = Math.max(...data.map((level, i) => Math.abs(level - (drawn[i] ?? 0))));
  expect(furthest).toBeLessThanOrEqual(5);
});
