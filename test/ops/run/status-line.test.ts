import { expect, it } from 'vitest';
import { createStatusLine } from '../../../ops/run/status-line.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';

const SPEC = fillSpec(
  { name: 'run', seed: 1, model: 'net', budget: { evaluations: 1000 } },
  { digest: '0'.repeat(64), classes: 10, side: 28, channels: 1, batch: 8 },
);

/** What a run looks like after so many seconds. */
function summary(seconds: number, evaluations: number) {
  const above = { '0.5': 1, '0.9': 1, '0.99': 1, '0.999': 0, '0.9999': 0 };
  return {
    ...{ coverage: 0.5, median: 0.25, mean: 0.25, qdScore: 2.5, above, filled: 5, seconds },
    totals: { ...NO_TOTALS, evaluations },
    migrants: { moved: 0, won: 0 },
    refused: new Map(),
    audits: { held: 0, differed: 0, unanswered: 0, alone: 0 },
  };
}

it('the live line of a run leaves its rate out until that is measured, and says 0/s of a run that has stopped', () => {
  const line = createStatusLine(SPEC);
  const rest = 'coverage 50 % · median 0.2500 · ≥ .99: 1 of 10';
  expect(line(summary(0, 0)).text).toBe(`0 evaluations · ${rest}`);
  expect(line(summary(0.2, 20)).text).toBe(`20 evaluations · ${rest}`);
  expect(line(summary(2, 200)).text).toBe(`200 evaluations · 100/s · ${rest} · 8 s left`);
  expect(line(summary(30, 200)).text).toBe(`200 evaluations · 0/s · ${rest}`);
});
