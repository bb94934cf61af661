import { describe, expect, it } from 'vitest';
import {
  ago,
  count,
  duration,
  nearestPercent,
  percent,
  short,
  wholePercent,
} from '../../../coordinator/gallery/page/format.js';

describe('what people read', () => {
  it.each([
    [0, '0 %'],
    [0.00004, '< 0.01 %'],
    [0.0171, '1.71 %'],
    [0.5, '50.00 %'],
    [0.99949, '99.94 %'],
    [0.99957, '99.957 %'],
    [0.999995, '> 99.999 %'],
    [1, '100 %'],
  ])('says a confidence of %d as %s, and never as more than it is', (confidence, text) => {
    expect(percent(confidence)).toBe(text);
  });

  it('says 100 % of coverage only of all of it', () => {
    expect([wholePercent(0.9999), wholePercent(1)]).toEqual(['99 %', '100 %']);
  });

  it('says parts of a whole as the nearest whole per cent', () => {
    expect([0.0557, 0.5755, 0.3388, 0.03].map(nearestPercent)).toEqual(['6 %', '58 %', '34 %', '3 %']);
  });

  it('says numbers, times and ages in as few letters as will do', () => {
    expect([1234567.2, 12].map(count)).toEqual(['1,234,567', '12']);
    expect([950, 9949, 20_000, 12_400, 3_210_000].map(short)).toEqual([
      '950',
      '9,949',
      '20k',
      '12.4k',
      '3.21M',
    ]);
    expect([45, 720, 12_000, 187_200, 86_400].map(duration)).toEqual([
      '45 s',
      '12 min',
      '3 h 20 min',
      '2 d 4 h',
      '1 d',
    ]);
    expect([0, 45, 90, 7300, 200_000].map((seconds) => ago(0, seconds * 1000))).toEqual([
      'now',
      '45 s',
      '1 min',
      '2 h',
      '2 d',
    ]);
    expect(ago(5000, 0)).toBe('now');
  });
});
