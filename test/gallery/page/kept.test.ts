import { describe, expect, it } from 'vitest';
import { placeBefore, shownPlaces } from '../../../coordinator/gallery/page/elite/kept.js';
import { shownSteps, stepsOf } from '../../../coordinator/gallery/page/elite/steps.js';
import type { Ancestor, Kept } from '../../../coordinator/gallery/page/views.js';

const jumpOf = (kept: Kept) => ({
  digest: kept,
  confidence: 0.5,
  previousConfidence: null,
  goalSwitch: false,
  evaluation: 1,
  island: 0,
  time: 0,
  kept,
});

const ancestorOf = (classId: number, kept: Kept = 'digest'): Ancestor => ({
  digest: `${classId}`,
  classId,
  label: '',
  confidence: null,
  evaluation: 1,
  island: 0,
  kept,
});

describe('the images of the past that are kept', () => {
  it('are what a slider goes through; a place between two is the one before it', () => {
    const places = shownPlaces((['digest', 'miniature', 'digest', 'genome'] as const).map(jumpOf));
    expect(places).toEqual([1, 3]);
    expect([0, 1, 2, 3].map((place) => placeBefore(places, place))).toEqual([1, 1, 1, 3]);
    expect(placeBefore([], 5)).toBe(5);
  });

  it('are shown of a lineage, with its ends and its goal switches', () => {
    const line = [1, 1, 1, 2, 2, 2].map((classId, i) =>
      ancestorOf(classId, i === 1 ? 'miniature' : 'digest'),
    );
    const shown = (switchesOnly: boolean) =>
      shownSteps(stepsOf(line), switchesOnly).map(({ ancestor }) => line.indexOf(ancestor));
    expect(shown(false)).toEqual([0, 1, 3, 5]);
    expect(shown(true)).toEqual([0, 3, 5]);
  });
});
