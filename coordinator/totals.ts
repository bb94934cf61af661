import type { Totals } from '../protocol/wire/messages.js';

/** The greater of two reports of one island, counter by counter: reports come late, twice and in any order. */
export function maxTotals(a: Totals, b: Totals): Totals {
  return combine(a, b, Math.max);
}

/** The counters of two islands together. */
export function addTotals(a: Totals, b: Totals): Totals {
  return combine(a, b, (x, y) => x + y);
}

/** What an island's counters have grown by since an earlier report. */
export function grownTotals(now: Totals, before: Totals): Totals {
  return combine(now, before, (x, y) => x - y);
}

function combine(a: Totals, b: Totals, merge: (x: number, y: number) => number): Totals {
  return {
    evaluations: merge(a.evaluations, b.evaluations),
    generations: merge(a.generations, b.generations),
    jumps: merge(a.jumps, b.jumps),
    goalSwitches: merge(a.goalSwitches, b.goalSwitches),
    renderSeconds: merge(a.renderSeconds, b.renderSeconds),
    classifySeconds: merge(a.classifySeconds, b.classifySeconds),
    neutral: merge(a.neutral, b.neutral),
  };
}
