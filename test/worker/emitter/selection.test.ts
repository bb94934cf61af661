import { expect, it } from 'vitest';
import type { Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { drawParent, type ParentSelection } from '../../../worker/emitter/selection.js';

const CELLS = 8;
const candidate = {
  genome: { encoding: 'direct', width: 1, height: 1, channels: 1, genes: new Uint16Array(1) } as const,
  bytes: new Uint8Array(),
  digest: 'aa',
  evaluation: 1,
  island: 0,
};
const pool = {
  filled: CELLS,
  nthFilled: (i: number): Elite => ({ classId: i, confidence: i / CELLS, candidate }),
};

/** How often each cell is drawn, as shares. */
function shares(selection: ParentSelection): number[] {
  const random = randomFrom(1, 'selection', selection);
  const draws = 40_000;
  const counts = new Array<number>(CELLS).fill(0);
  for (let i = 0; i < draws; i++) {
    const { classId } = drawParent(pool, selection, random);
    counts[classId] = (counts[classId] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

it('uniform selection gives every filled cell the same chance', () => {
  for (const share of shares('uniform')) expect(share).toBeCloseTo(1 / CELLS, 2);
});

it('the weaker of two: the i-th weakest of n cells has chance (2(n−i)−1)/n²', () => {
  shares('weaker-of-two').forEach((share, i) => {
    expect(share).toBeCloseTo((2 * (CELLS - i) - 1) / CELLS ** 2, 2);
  });
});
