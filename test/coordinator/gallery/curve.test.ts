import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCurve } from '../../../coordinator/gallery/curve.js';
import { createRunCurve } from '../../../coordinator/gallery/run-curve.js';
import type { Progress } from '../../../coordinator/store/past.js';
import { summarise } from '../../../protocol/archive/summary.js';
import { labelsOf } from '../fixtures.js';

const CLASSES = 5;

/** A run's jumps: no class goes down, evaluations ascend. */
const history = fc
  .array(fc.record({ classId: fc.nat(CLASSES - 1), gain: fc.nat(9), gap: fc.nat(50) }), { maxLength: 200 })
  .map((steps) => {
    const best = new Float32Array(CLASSES);
    let evaluation = 1;
    let cost = 1;
    return steps.map(({ classId, gain, gap }, i): Progress => {
      best[classId] = Math.min(1, (best[classId] ?? 0) + (1 + gain) / 100);
      evaluation += gap;
      cost += gap * (1 + (i % 7));
      return { id: i + 1, classId, confidence: best[classId] ?? 0, evaluation, cost };
    });
  });

/** What the archive was after so many evaluations, by looking at everything. */
function stateAfter(jumps: readonly Progress[], evaluation: number) {
  const best = new Float32Array(CLASSES);
  for (const jump of jumps) if (jump.evaluation <= evaluation) best[jump.classId] = jump.confidence;
  const filled = best.filter((confidence) => confidence > 0).length;
  const { qdScore: _, ...state } = summarise(best, filled);
  const spent = jumps.filter((jump) => jump.evaluation <= evaluation).map((jump) => jump.cost);
  return { evaluation, cost: Math.max(0, ...spent), ...state };
}

describe('the curve of a run', () => {
  it('is the state of the archive after as many evaluations, at no more points than wanted, up to now', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 4, max: 20 }), fc.nat(100), (jumps, most, rest) => {
        const curve = createCurve(CLASSES, most);
        for (const jump of jumps) curve.add(jump);
        const now = (jumps.at(-1)?.evaluation ?? 0) + rest;
        const cost = (jumps.at(-1)?.cost ?? 0) + 2 * rest;
        const points = curve.points({ evaluations: now, cost });
        expect(points.length).toBeLessThanOrEqual(most);
        for (const point of points.slice(0, -1)) expect(point).toEqual(stateAfter(jumps, point.evaluation));
        if (now > 0) expect(points.at(-1)).toEqual({ ...stateAfter(jumps, now), cost });
        const evaluations = points.map(({ evaluation }) => evaluation);
        expect(evaluations).toEqual([...new Set(evaluations)].sort((a, b) => a - b));
        if (now > 0) expect(evaluations.at(-1)).toBe(now);
      }),
      { numRuns: 300 },
    );
  });

  it('has a point for every stretch in which something was found, at least a quarter of the number that was wanted', () => {
    const curve = createCurve(1, 400);
    for (let i = 1; i <= 100_000; i++) {
      curve.add({ id: i, classId: 0, confidence: i / 100_000, evaluation: 3 * i, cost: 6 * i });
    }
    const points = curve.points({ evaluations: 300_000, cost: 600_000 });
    expect(points.length).toBeGreaterThan(100);
    expect(points.length).toBeLessThanOrEqual(400);
    for (const { evaluation, cost, median } of points) {
      expect(cost).toBe(6 * Math.floor(evaluation / 3));
      expect(median).toBeCloseTo(Math.floor(evaluation / 3) / 100_000, 6);
    }
  });

  it('reads each jump of a store once, in pieces, however many ask at the same time', async () => {
    const jumps = Array.from({ length: 5000 }, (_, i): Progress => {
      return { id: i + 1, classId: i % CLASSES, confidence: i / 10_000, evaluation: i + 1, cost: i + 1 };
    });
    let read = 0;
    const store = {
      labels: labelsOf(CLASSES),
      jumpsAfter(id: number, most: number) {
        const piece = jumps.slice(id, id + most);
        read += piece.length;
        return piece;
      },
    };
    const curve = createRunCurve({
      store,
      spent: () => ({ evaluations: jumps.length, cost: jumps.length }),
      most: 50,
    });
    const [one, other] = await Promise.all([curve.points(), curve.points()]);
    expect(one).toEqual(other);
    expect(one.at(-1)).toEqual(stateAfter(jumps, 5000));
    jumps.push({ id: 5001, classId: 0, confidence: 1, evaluation: 5100, cost: 5100 });
    expect((await curve.points()).at(-1)?.above['0.999']).toBe(1);
    expect(read).toBe(5001);
  });
});
