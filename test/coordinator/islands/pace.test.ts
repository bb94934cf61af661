import { afterEach, expect, it, vi } from 'vitest';
import { createPace } from '../../../coordinator/islands/pace.js';
import { createRegistry } from '../../../coordinator/islands/registry.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';

afterEach(() => {
  vi.useRealTimers();
});

it('is the evaluations per second of each island, and their sum', () => {
  vi.useFakeTimers();
  const registry = createRegistry({ islands: 2, silenceMilliseconds: 10_000, joiningMilliseconds: 10_000 });
  for (const worker of ['a', 'b']) registry.join(worker, 0);
  const pace = createPace({ islands: registry.all }, Date.now);
  const report = (island: number, evaluations: number) =>
    registry.hear(island, Date.now(), { device: 'cpu', totals: { ...NO_TOTALS, evaluations } });
  for (let second = 1; second <= 30; second++) {
    report(0, 100 * second);
    // As heartbeats come.
    if (second % 2 === 0) report(1, 50 * second);
    vi.advanceTimersByTime(1000);
  }
  expect(pace.of(0)).toBeCloseTo(100, 6);
  expect(pace.of(1)).toBeCloseTo(50, 6);
  expect(pace.total).toBeCloseTo(150, 6);
  expect(pace.of(7)).toBe(0);
  vi.advanceTimersByTime(12_000);
  expect(pace.total).toBe(0);
  pace.stop();
  expect(vi.getTimerCount()).toBe(0);
});
