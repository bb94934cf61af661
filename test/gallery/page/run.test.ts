import { describe, expect, it } from 'vitest';
import { createBackOff } from '../../../coordinator/gallery/page/run/back-off.js';
import { createCells } from '../../../coordinator/gallery/page/run/cells.js';
import { extended } from '../../../coordinator/gallery/page/run/curve.js';
import { paidShares } from '../../../coordinator/gallery/page/run/paid-shares.js';
import { budgetUsed, type Status, secondsLeft } from '../../../coordinator/gallery/page/run/status.js';

const point = (evaluation: number) => ({ evaluation, coverage: 0, median: 0 });

describe('a curve', () => {
  it('grows at its end, where a night is told finest, and never beyond its limit', () => {
    let points = [point(0)] as ReturnType<typeof extended>;
    for (let i = 1; i < 1000; i++) points = extended(points, point(i), 100);
    expect(points.length).toBeLessThanOrEqual(100);
    const at = points.map(({ evaluation }) => evaluation);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBe(0);
    expect(at.slice(-20)).toEqual(Array.from({ length: 20 }, (_, i) => 980 + i));
  });

  it('takes a later word for the same evaluation, and none of an earlier one', () => {
    const points = extended([point(1), point(5)], { ...point(5), median: 0.5 });
    expect(points).toEqual([point(1), { ...point(5), median: 0.5 }]);
    expect(extended(points, point(4))).toBe(points);
  });
});

describe('a page that has lost its server', () => {
  it('waits twice as long each time, up to a limit, and starts over once it was answered', () => {
    const backOff = createBackOff(() => 0, { first: 500, most: 3000 });
    expect([1, 2, 3, 4, 5].map(() => backOff.next())).toEqual([500, 1000, 2000, 3000, 3000]);
    backOff.reset();
    expect(backOff.next()).toBe(500);
    expect(createBackOff(() => 0.999, { first: 500, most: 3000 }).next()).toBe(625);
  });
});

describe('cells', () => {
  const cell = (classId: number, digest: string, confidence = 0.5) => ({
    classId,
    digest,
    confidence,
    island: 0,
    evaluation: 1,
    changed: 1,
  });

  it('tell what improved while one looked from what had been there', () => {
    const cells = createCells(3);
    cells.put([cell(0, 'a'), cell(1, 'b')]);
    cells.put([cell(0, 'a'), cell(1, 'c', 0.7)], 1234);
    expect([0, 1, 2].map(cells.improvedAt)).toEqual([0, 1234, 0]);
    expect(cells.summary()).toMatchObject({ coverage: 2 / 3, median: 0.5 });
  });

  it('are emptied where the server does not tell of them any more, and take no class beyond the run', () => {
    const cells = createCells(2);
    cells.put([cell(0, 'a'), cell(1, 'b'), cell(2, 'c')]);
    expect(cells.filled).toBe(2);
    cells.keepOnly(new Set([1]));
    expect([cells.filled, cells.get(0), cells.confidences[0]]).toEqual([1, undefined, 0]);
  });
});

describe('the time left', () => {
  const status: Status = {
    run: 'a',
    state: 'running',
    seconds: 60,
    evaluations: 1000,
    evaluationsPerSecond: 100,
    jumps: 0,
    goalSwitches: 0,
    budgetEvaluations: 4000,
    budgetMinutes: 0,
    islands: [],
    cost: 1500,
    budgetCost: 0,
    emitters: [],
  };

  it('is that of the budget which ends first', () => {
    expect(secondsLeft(status)).toBe(30);
    expect(secondsLeft({ ...status, budgetMinutes: 1.25 })).toBe(15);
    expect(budgetUsed({ ...status, budgetMinutes: 1.25 })).toBe(0.8);
    expect(secondsLeft({ ...status, budgetCost: 3000 })).toBe(10);
    expect(budgetUsed({ ...status, budgetCost: 3000 })).toBe(0.5);
  });

  it('is not told where there is no budget, no rate, or the run rests', () => {
    expect(secondsLeft({ ...status, budgetEvaluations: 0 })).toBeUndefined();
    expect(secondsLeft({ ...status, evaluationsPerSecond: 0 })).toBeUndefined();
    expect(secondsLeft({ ...status, state: 'paused' })).toBeUndefined();
    expect(budgetUsed({ ...status, budgetEvaluations: 0 })).toBeUndefined();
  });
});

it('shares of emitters are parts of all forward passes, and what they pay is for a thousand of them', () => {
  const emitter = (name: string, cost: number, improvement: number) => ({
    name,
    cost,
    improvement,
    evaluations: 1,
  });
  expect(
    paidShares([emitter('mutation', 1000, 5), emitter('gradient', 3000, 600), emitter('cma', 0, 0)]).map(
      ({ name, share, pay }) => [name, share, pay],
    ),
  ).toEqual([
    ['mutation', 0.25, 5],
    ['gradient', 0.75, 200],
    ['cma', 0, 0],
  ]);
  expect(paidShares([emitter('mutation', 0, 0)])[0]?.share).toBe(0);
});
