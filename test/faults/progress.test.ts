import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.js';

describe('progress', () => {
  it("is a worker's when something of its own was stored since then", () => {
    let time = 0;
    const progress = createProgress(() => time);
    expect(progress.since(0, 1)).toBe(false);
    time = 10;
    progress.stored(1, 7);
    expect([progress.since(10, 1), progress.since(11, 1), progress.since(10, 2)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is the coordinator's when it has committed what was stored since then, and not what was stored before", () => {
    let time = 10;
    const progress = createProgress(() => time);
    progress.stored(0, 7);
    time = 20;
    progress.stored(0, 8);
    time = 30;
    progress.committed(7);
    expect(progress.since(20, 'coordinator')).toBe(false);
    progress.committed(8);
    expect(progress.since(20, 'coordinator')).toBe(true);
    progress.committed(7);
    expect([progress.since(20, 'coordinator'), progress.since(21, 'coordinator')]).toEqual([true, false]);
  });
});
