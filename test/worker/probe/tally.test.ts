import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topGuesses } from '../../../worker/classifier/photos.js';
import { byMerit, isGuessing, rankOf, tallyOf } from '../../../worker/probe/tally.js';

describe('the rank of a class', () => {
  it('is its place among the best guesses', () => {
    const rows = fc.array(fc.constantFrom(0, 0.1, 0.2, 0.3, 1), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, (row) => {
        const confidences = Float32Array.from(row);
        const guesses = topGuesses(confidences, [], row.length);
        for (const classId of row.keys()) {
          expect(rankOf(confidences, classId)).toBe(guesses.findIndex((guess) => guess.classId === classId));
        }
      }),
    );
  });

  it('is the last where the network overflows', () => {
    expect(rankOf(Float32Array.of(Number.NaN, Number.NaN), 0)).toBe(2);
  });
});

describe('a tally', () => {
  it('counts what is named right, and takes the median of the confidences', () => {
    expect(tallyOf([0, 4, 5, 0], [0.9, 0.1, 0.3, 0.5])).toEqual({
      pictures: 4,
      top1: 2,
      top5: 3,
      medianConfidence: 0.4,
    });
    expect(tallyOf([0, 9, 1], [0.9, Number.NaN, 0.3]).medianConfidence).toBe(0.3);
  });

  it('is better by accuracy, then by confidence', () => {
    const tally = (top1: number, medianConfidence: number) => ({
      pictures: 9,
      top1,
      top5: 9,
      medianConfidence,
    });
    const sorted = [tally(3, 0.9), tally(5, 0.1), tally(5, 0.2)].sort(byMerit);
    expect(sorted.map(({ top1, medianConfidence }) => [top1, medianConfidence])).toEqual([
      [5, 0.2],
      [5, 0.1],
      [3, 0.9],
    ]);
  });

  it('is guessing where chance could have it', () => {
    const tally = (top1: number) => ({ pictures: 100, top1, top5: 0, medianConfidence: 0 });
    expect([1, 2].map((top1) => isGuessing(tally(top1), 1000))).toEqual([false, false]);
    expect(isGuessing(tally(0), 1000)).toBe(true);
    expect([55, 65].map((top1) => isGuessing(tally(top1), 2))).toEqual([true, false]);
  });
});
