import { expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import { blur, rolled } from '../../../worker/pixels/filters.js';
import { pinkNoise } from '../../../worker/pixels/noise.js';
import type { Planes } from '../../../worker/pixels/planes.js';

const SIDE = 32;
const random = randomFrom(1, 'filters');

function planes(levels: Float32Array): Planes {
  return { width: SIDE, height: levels.length / SIDE / 3, channels: 3, levels };
}

const noise = () => planes(Float32Array.from({ length: 3 * SIDE * 24 }, () => 255 * random.uniform()));

it('a blur changes no plain picture, and the sum of none', () => {
  const plain = planes(new Float32Array(3 * SIDE * 24).fill(77));
  for (const level of blur(plain, 2.3).levels) expect(level).toBeCloseTo(77, 3);
  const picture = noise();
  const sum = (levels: Float32Array) => levels.reduce((total, level) => total + level, 0);
  expect(sum(blur(picture, 1.5).levels) / sum(picture.levels)).toBeCloseTo(1, 4);
});

it('a blur spreads a point as a Gaussian does', () => {
  const point = planes(new Float32Array(3 * SIDE * 32));
  const at = (x: number, y: number) => y * SIDE + x;
  point.levels[at(16, 16)] = 1000;
  const { levels } = blur(point, 2);
  const centre = levels[at(16, 16)] ?? 0;
  expect((levels[at(18, 16)] ?? 0) / centre).toBeCloseTo(Math.exp(-4 / 8), 3);
  expect((levels[at(16, 13)] ?? 0) / centre).toBeCloseTo(Math.exp(-9 / 8), 3);
  expect(levels[at(16, 16) + SIDE * 32]).toBe(0);
});

it('a picture that is rolled and rolled back is the same, and a pixel goes where it should', () => {
  const picture = noise();
  expect(rolled(rolled(picture, 5, -3), -5, 3).levels).toEqual(picture.levels);
  const moved = rolled(picture, 1, 2).levels;
  expect(moved[2 * SIDE + 1]).toBe(picture.levels[0]);
  expect(moved[2 * SIDE]).toBe(picture.levels[SIDE - 1]);
});

it('normal numbers have mean 0, deviation 1 and the tails of a Gaussian', () => {
  const numbers = Array.from({ length: 40_000 }, () => standardNormal(random));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
  const beyond = numbers.filter((value) => Math.abs(value) > 1.96).length / numbers.length;
  expect(beyond).toBeGreaterThan(0.045);
  expect(beyond).toBeLessThan(0.055);
});

it('pink noise changes little from pixel to pixel, white noise much', () => {
  const steps = (plane: Float32Array) =>
    plane.reduce((sum, value, at) => (at % 64 === 0 ? sum : sum + (value - (plane[at - 1] ?? 0)) ** 2), 0) /
    plane.length;
  const white = Float32Array.from({ length: 64 * 64 }, () => standardNormal(random));
  const pink = pinkNoise(64, 64, random);
  expect(pink.reduce((sum, value) => sum + value * value, 0) / pink.length).toBeCloseTo(1, 5);
  expect(steps(pink)).toBeLessThan(0.2 * steps(white));
});
