import { expect, it } from 'vitest';
import { labelOfNines, MOST_NINES, ninesOf } from '../../../coordinator/gallery/page/parts/nines.js';

it('nines are counted: .9 is one, .99 two, half of one a third, and what is surer than is shown is at the top', () => {
  expect([0, 0.9, 0.99, 0.9999].map((share) => Math.round(ninesOf(share) * 1e6) / 1e6)).toEqual([0, 1, 2, 4]);
  expect(ninesOf(0.5)).toBeCloseTo(0.301, 3);
  expect([ninesOf(0.9999999), ninesOf(1)]).toEqual([MOST_NINES, MOST_NINES]);
  expect([0, 1, 3].map(labelOfNines)).toEqual(['0', '.9', '.999']);
});
