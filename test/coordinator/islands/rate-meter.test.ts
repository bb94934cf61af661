import { expect, it } from 'vitest';
import { createRateMeter } from '../../../coordinator/islands/rate-meter.js';

it('of a counter that grows evenly is its growth per second, however the readings and the reports lie', () => {
  const rate = createRateMeter();
  // Read every second, reported every two.
  let last = 0;
  for (let second = 0; second <= 40; second++) last = rate(second, 200 * Math.floor(second / 2));
  expect(last).toBeCloseTo(100, 6);
});

it('is 0 until there are two readings', () => {
  expect(createRateMeter()(1000, 5000)).toBe(0);
});

it('follows a change within some readings, and falls to 0 when the counter has stopped', () => {
  const rate = createRateMeter();
  for (let second = 0; second <= 10; second++) rate(second, 10 * second);
  let now = 0;
  for (let second = 11; second <= 40; second++) now = rate(second, 100 + 100 * (second - 10));
  const count = 3100;
  expect(now).toBeGreaterThan(95);
  expect(now).toBeLessThanOrEqual(100);
  expect(rate(45, count)).toBe(now);
  expect(rate(50, count)).toBe(0);
});
