import { describe, expect, it } from 'vitest';
import {
  hasRoom,
  MILESTONES,
  MOST_MILESTONE_BYTES,
  milestoneOf,
} from '../../../coordinator/store/milestones.js';

describe('milestones', () => {
  it('are counted from what a confidence reaches, the bounds among it', () => {
    expect([0, 0.0099, 0.01, 0.5, 0.69, 0.9999, 1].map(milestoneOf)).toEqual([0, 0, 1, 4, 4, 9, 9]);
    expect([...MILESTONES].sort((a, b) => a - b)).toEqual([...MILESTONES]);
  });

  it('have room for a thousand classes of colour, and end where their bytes would be too many', () => {
    const colour = 64 * 64 * 3 * 2 + 64;
    expect(hasRoom(1000 * MILESTONES.length - 1, colour)).toBe(true);
    const most = Math.floor(MOST_MILESTONE_BYTES / colour);
    expect([hasRoom(most - 1, colour), hasRoom(most, colour)]).toEqual([true, false]);
  });
});
