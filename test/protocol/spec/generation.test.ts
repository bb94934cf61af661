import { describe, expect, it } from 'vitest';
import { generationOf } from '../../../protocol/spec/generation.js';

describe('the generation of an image', () => {
  it('is 0 of the random images, and one more for each so many offspring after them', () => {
    const of = (evaluation: number) => generationOf(evaluation, { initial: 10, generation: 4 });
    expect([1, 10, 11, 14, 15, 18, 19].map(of)).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });
});
