import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGauge, createMeter, IMAGES, MEGABYTES } from '../../../ops/cli/meter.js';

describe('a gauge', () => {
  it('tells how much is done, how fast, and how long it will take', () => {
    let seconds = 0;
    const gauge = createGauge(() => seconds, MEGABYTES);
    expect(gauge(0, 61e6)).toBe('0.0 of 61.0 MB');
    seconds = 4;
    expect(gauge(12e6, 61e6)).toBe('12.0 of 61.0 MB · 3.0 MB/s · 16 s left');
    seconds = 20;
    expect(gauge(61e6, 61e6)).toBe('61.0 of 61.0 MB · 3.0 MB/s');
  });

  it('counts what was there at the start as done, but not as fast', () => {
    let seconds = 100;
    const gauge = createGauge(() => seconds, IMAGES);
    expect(gauge(900, 2000)).toBe('900 of 2,000 images');
    seconds = 110;
    expect(gauge(1000, 2000)).toBe('1,000 of 2,000 images · 10.0 images/s · 1 min 40 s left');
  });

  it('says nothing of a rate that it cannot know', () => {
    const gauge = createGauge(() => 5, IMAGES);
    expect([gauge(1, 9), gauge(2, 9)]).toEqual(['1 of 9 images', '2 of 9 images']);
  });
});

describe('a meter that is not on a terminal', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  });
  afterEach(() => void vi.restoreAllMocks());

  it('writes plain lines, one in ten seconds, and where it ended', () => {
    let milliseconds = 0;
    const meter = createMeter(() => milliseconds, IMAGES, false);
    for (let second = 0; second <= 25; second++) {
      milliseconds = 1000 * second;
      meter.update(second, 25);
    }
    meter.done();
    expect(written).toEqual([
      '0 of 25 images\n',
      '10 of 25 images · 1.0 images/s · 15 s left\n',
      '20 of 25 images · 1.0 images/s · 5 s left\n',
      '25 of 25 images · 1.0 images/s\n',
    ]);
  });
});
