import { expect, it } from 'vitest';
import { createAdam } from '../../../worker/emitter/adam.js';

it('the first step of Adam is the rate, against the sign of each slope, however steep', () => {
  const values = Float32Array.of(1, 1, 1);
  createAdam(3, 0.1).step(values, Float32Array.of(1e-3, -50, 0));
  expect([...values].map((value) => Math.round(1000 * value) / 1000)).toEqual([0.9, 1.1, 1]);
});

it('the second step is as the paper computes it', () => {
  const values = Float32Array.of(0);
  const adam = createAdam(1, 0.1);
  adam.step(values, Float32Array.of(1));
  adam.step(values, Float32Array.of(-2));
  const mean = (0.9 * 0.1 * 1 + 0.1 * -2) / (1 - 0.9 ** 2);
  const square = (0.999 * 0.001 * 1 + 0.001 * 4) / (1 - 0.999 ** 2);
  expect(values[0]).toBeCloseTo(-0.1 - (0.1 * mean) / Math.sqrt(square), 6);
});

it('Adam finds the lowest point of a narrow valley', () => {
  const values = Float32Array.of(3, -2);
  const adam = createAdam(2, 0.05);
  for (let i = 0; i < 600; i++) {
    adam.step(values, Float32Array.of(100 * ((values[0] as number) - 1), (values[1] as number) - 0.5));
  }
  expect(values[0]).toBeCloseTo(1, 2);
  expect(values[1]).toBeCloseTo(0.5, 2);
});

it('a slope that is no number moves nothing, then or later', () => {
  const values = Float32Array.of(1, 1);
  const adam = createAdam(2, 0.1);
  adam.step(values, Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY));
  expect([...values]).toEqual([1, 1]);
  adam.step(values, Float32Array.of(1, 1));
  expect(values.every((value) => Number.isFinite(value) && value < 1)).toBe(true);
});
