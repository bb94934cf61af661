import { describe, expect, it } from 'vitest';
import { isLive } from '../../../ops/cli/progress.js';

describe('a line that changes', () => {
  it('is shown on a terminal that has room for it', () => {
    expect(isLive({ isTTY: true, columns: 80 })).toBe(true);
    expect(isLive({ isTTY: true, columns: 1 })).toBe(true);
  });

  it('gives way to plain lines on a terminal of 0 columns, and where there is no terminal', () => {
    expect(isLive({ isTTY: true, columns: 0 })).toBe(false);
    expect(isLive({ isTTY: false, columns: 80 })).toBe(false);
  });
});
