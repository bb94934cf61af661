import { expect, it } from 'vitest';
import type { IslandView, RunView } from '../../../coordinator/http/views.js';
import { statusTable } from '../../../ops/cluster/status-table.js';
import { NO_TOTALS } from '../../../protocol/wire/totals.js';

const RUN: RunView = {
  run: 'night',
  state: 'running',
  spec: {
    model: '/models/squeezenet1.1-7.onnx',
    encoding: 'cppn',
    classes: 1000,
    islands: 8,
    evolution: { emitters: ['mutation'] },
    budget: { evaluations: 100_000, cost: 0, minutes: 0 },
  },
  created: 0,
  versions: { atoll: '0', node: '0', engine: '0' },
  seconds: 60,
  evaluationsPerSecond: 250.4,
  filled: 900,
  coverage: 0.9,
  median: 0.25,
  mean: 0.3,
  qdScore: 300,
  above: { '0.5': 400, '0.9': 200, '0.99': 100, '0.999': 50, '0.9999': 10 },
  totals: { ...NO_TOTALS, evaluations: 25_000, cost: 25_000 },
  migrants: { moved: 10, won: 2 },
  islands: { joining: 1, live: 2, lost: 0, done: 0, failed: 1 },
  refused: {},
  audits: { held: 0, differed: 0, unanswered: 0, alone: 0 },
};

const island = (number: number, change: Partial<IslandView> = {}): IslandView => ({
  number,
  worker: `w${number}`,
  device: 'cuda:0',
  state: 'live',
  error: '',
  suspect: false,
  totals: { ...NO_TOTALS, evaluations: 12_500 },
  evaluationsPerSecond: 125,
  secondsSinceHeard: 1.2,
  ...change,
});

it('shows what a run and its islands are, do and have reached', () => {
  const islands = [island(0), island(1, { device: '', state: 'joining', secondsSinceHeard: null })];
  expect(statusTable(RUN, islands).split('\n')).toEqual([
    'run                night: 1,000 classes of squeezenet1.1-7.onnx, cppn',
    'state              running, 5 min 0 s left',
    'evaluations        25,000, 250/s',
    'coverage           90.0 %',
    'median confidence  0.250000',
    'classes ≥ .99      100 of 1,000',
    'islands            2 live of 8, 1 joining, 1 failed',
    '',
    'island  worker  device  state    evaluations  rate   heard',
    '     0  w0      cuda:0  live          12,500  125/s  1 s ago',
    '     1  w1      —       joining       12,500  125/s  not yet',
  ]);
});

it('lists no more islands than there is room for, and counts the others', () => {
  const text = statusTable(
    RUN,
    Array.from({ length: 1000 }, (_, i) => island(i)),
    5,
  );
  expect(text.split('\n')).toHaveLength(7 + 1 + 6 + 2);
  expect(text).toMatch(/and 995 more$/);
});

it('tells a terminal nothing that a worker made up', () => {
  const text = statusTable(RUN, [
    island(0, { worker: '\u001b[2Jw\n', device: '\u0007', state: 'failed', error: 'a\r\nb\u009b31m' }),
  ]);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(text).toContain('failed (a b 31m)');
});

it('shows audits, and who is suspect', () => {
  const run = { ...RUN, audits: { held: 1200, differed: 1, unanswered: 2, alone: 0 } };
  const lines = statusTable(run, [island(0), island(1, { suspect: true })]).split('\n');
  expect(lines).toContain('audits             1,200 held, 1 differed, 2 unanswered');
  expect(lines).toContain('suspect            1; nothing is taken from it until `atoll trust ISLAND`');
  expect(lines.at(-1)).toContain('suspect, live');
});

it('says that an island which is alone is audited by itself, which shows less', () => {
  const run = { ...RUN, audits: { held: 7, differed: 0, unanswered: 0, alone: 7 } };
  expect(statusTable(run, [])).toContain('audits             7 held; 7 by the same island, which shows less');
});

it('shows forward passes where they are limited or differ, and what each of several emitters made of its share', () => {
  const totals = {
    ...RUN.totals,
    cost: 60_000,
    mutationEvaluations: 10_000,
    mutationCost: 10_000,
    mutationImprovement: 50,
    gradientEvaluations: 14_000,
    gradientCost: 40_000,
    gradientImprovement: 8000,
  };
  const spec = { ...RUN.spec, evolution: { emitters: ['mutation' as const, 'gradient' as const] } };
  const lines = statusTable({ ...RUN, spec, totals }, []).split('\n');
  expect(lines).toContain('forward passes     60,000');
  expect(lines.slice(-3)).toEqual([
    'emitter   evaluations  forward passes  share  improvement per 1,000 passes',
    'mutation       10,000          10,000  20 %                            5.0',
    'gradient       14,000          40,000  80 %                          200.0',
  ]);
  const limited = { ...RUN, spec: { ...RUN.spec, budget: { evaluations: 0, cost: 50_000, minutes: 0 } } };
  expect(statusTable(limited, [])).toContain('running, 1 min 40 s left');
});
