import { describe, expect, it } from 'vitest';
import { resolveSize, wantedSize } from '../../../ops/export/wanted-size.js';

const WIDE = { width: 76, height: 41, grey: false };

describe('the size of pictures', () => {
  it('is the longer side in the proportion of the network, or both sides', () => {
    expect(wantedSize('512')).toEqual({ longer: 512 });
    expect(wantedSize('640x480')).toEqual({ width: 640, height: 480 });
    expect(resolveSize({ longer: 152 }, 'enlarge', WIDE)).toEqual({
      width: 152,
      height: 82,
      making: 'enlarged',
    });
    expect(resolveSize({ longer: 1 }, 'redraw', WIDE)).toEqual({ width: 1, height: 1, making: 'redrawn' });
    expect(resolveSize({ width: 90, height: 90 }, undefined, WIDE)).toMatchObject({ width: 90, height: 90 });
    for (const text of ['0', '4097', '1x5000', '12x', 'x12', '1.5', '-3', '', '1e2']) {
      expect(() => wantedSize(text), text).toThrow('expected a whole number from 1 to 4096');
    }
  });

  it('is the size of the network where none is given, or that one', () => {
    expect(resolveSize(undefined, undefined, WIDE)).toBeUndefined();
    expect(resolveSize({ longer: 76 }, 'redraw', WIDE)).toBeUndefined();
  });

  it('is reached by enlarging, unless it is smaller or the person says otherwise', () => {
    expect(resolveSize({ longer: 100 }, undefined, WIDE)?.making).toBe('enlarged');
    expect(resolveSize({ longer: 100 }, 'redraw', WIDE)?.making).toBe('redrawn');
    expect(resolveSize({ longer: 50 }, undefined, WIDE)?.making).toBe('redrawn');
    expect(() => resolveSize({ longer: 50 }, 'enlarge', WIDE)).toThrow(
      '76 × 41 pixels, which cannot be enlarged',
    );
    expect(() => resolveSize(undefined, 'redraw', WIDE)).toThrow('--size is missing');
  });
});
