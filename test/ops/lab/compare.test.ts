import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  confidencesAt,
  costOf,
  costsOf,
  groupsOf,
  hasCosts,
  onGrid,
  reachedAt,
  testsOf,
} from '../../../ops/lab/compare/comparison.js';
import { COMPARISON } from '../../../ops/lab/compare/experiment.js';
import { groupLabels } from '../../../ops/lab/compare/groups.js';
import { viewsOf } from '../../../protocol/spec/named-views.js';

const keys = (entries: Readonly<Record<string, unknown>>) =>
  new Map(Object.entries(entries).map(([key, value]) => [key, JSON.stringify(value)]));

describe('groups of runs', () => {
  it('are runs with the same spec but for the seed, named by what tells them apart', () => {
    const runs = [
      keys({ name: 'a', seed: 1, encoding: 'cppn', batch: 8, 'budget.evaluations': 9 }),
      keys({ name: 'b', seed: 2, encoding: 'cppn', batch: 8, 'budget.evaluations': 10 }),
      keys({ name: 'c', seed: 1, encoding: 'direct', batch: 8, 'budget.evaluations': 9 }),
    ];
    expect(groupLabels(runs)).toEqual(['encoding cppn', 'encoding cppn', 'encoding direct']);
  });

  it('do not name what follows from a key that is named already', () => {
    const runs = [
      keys({ 'evolution.generation': 400, 'evolution.mutation.rate': 0.1, encoding: 'cppn' }),
      keys({ 'evolution.generation': 200, 'evolution.mutation.rate': 0.2, encoding: 'direct' }),
      keys({ 'evolution.generation': 200, 'evolution.mutation.rate': 0.3, encoding: 'direct' }),
    ];
    expect(groupLabels(runs)).toEqual([
      'encoding cppn, rate 0.1',
      'encoding direct, rate 0.2',
      'encoding direct, rate 0.3',
    ]);
  });

  it('are named by the list of the views that constrain them, and by the networks that they evolve against', () => {
    const views = (list: readonly string[]) => keys({ 'evolution.constraints.views': list });
    expect(groupLabels([views([]), views(viewsOf('robust')), views(['blur:1', 'jpeg:40'])])).toEqual([
      'constraints none',
      'constraints robust',
      'constraints blur:1, jpeg:40',
    ]);
    const also = (list: readonly string[]) => keys({ 'objective.also': list, 'objective.digests': list });
    expect(groupLabels([also([]), also(['digits-2', 'mnist-8'])])).toEqual([
      'also none',
      'also digits-2, mnist-8',
    ]);
  });

  it('are one where only seeds differ', () => {
    expect(groupLabels([keys({ seed: 1 }), keys({ seed: 2 })])).toEqual(['all runs', 'all runs']);
  });
});

describe('a comparison', () => {
  it('looks at all runs after the same evaluations, and after the same forward passes', () => {
    const jump = (classId: number, confidence: number, evaluation: number) => ({
      ...{ classId, confidence, evaluation },
      cost: 4 * evaluation,
    });
    const jumps = [jump(0, 0.2, 5), jump(1, 0.4, 9), jump(0, 0.7, 10), jump(0, 0.9, 11)];
    expect(confidencesAt(jumps, 3, 'evaluation', 10)).toEqual([0.7, 0.4, 0]);
    expect(confidencesAt(jumps, 3, 'cost', 39)).toEqual([0.2, 0.4, 0]);
    expect(
      onGrid(
        [
          [2, 0.1],
          [5, 0.6],
        ],
        [0, 2, 4, 5, 9],
      ),
    ).toEqual([0, 0.1, 0.1, 0.6, 0.6]);
  });

  it('says when a median was reached first, and that none was', () => {
    const run: Comparison['runs'][number] = {
      ...{ name: 'a', group: 'a', seed: 1, evaluations: 90, confidences: [] },
      curve: [
        [10, 0.2, 0, 0],
        [40, 0.91, 0, 0],
        [90, 0.95, 0, 0],
      ],
    };
    const levels = [0.2, 0.9, 0.92, 0.99];
    expect(levels.map((least) => reachedAt(run, least)?.evaluations)).toEqual([10, 40, 90, undefined]);
    const costly = { ...run, cost: 900, costs: [10, 340, 900] };
    expect(levels.map((least) => reachedAt(costly, least)?.cost)).toEqual([10, 340, 900, undefined]);
  });

  it('spreads the forward passes of a comparison by an earlier Atoll, which has those of whole runs alone', () => {
    const run: Comparison['runs'][number] = {
      ...{ name: 'a', group: 'a', seed: 1, evaluations: 90, confidences: [] },
      curve: [10, 40, 90].map((at) => [at, 0, 0, 0]),
    };
    expect(costsOf({ ...run, cost: 180 })).toEqual([20, 80, 180]);
    expect(costsOf(run)).toEqual([10, 40, 90]);
  });

  it('counts an evaluation as one forward pass where a run says nothing else', () => {
    const run = { name: 'a', group: 'a', seed: 1, evaluations: 10, confidences: [], curve: [] };
    expect([costOf(run), costOf({ ...run, cost: 50 })]).toEqual([10, 50]);
    expect(hasCosts({ evaluations: 10, classes: 2, runs: [run] })).toBe(false);
    expect(hasCosts({ evaluations: 10, classes: 2, runs: [run, { ...run, cost: 50 }] })).toBe(true);
  });

  it('shows curves over forward passes only where they tell something else, and elites only where it has them', () => {
    const run = (group: string, more: object): Comparison['runs'][number] => ({
      ...{ name: group, group, seed: 1, evaluations: 100, confidences: [0.5, 0.9], ...more },
      curve: [[100, 0.7, 0.7, 0]],
    });
    const texts = (...runs: Comparison['runs']) =>
      JSON.stringify(COMPARISON.resultOf({ evaluations: 100, classes: 2, runs }).figure);
    const plain = texts(run('a', {}), run('b', {}));
    expect(plain).not.toMatch(/forward passes|Elites/);
    const image = { classId: 1, label: 'owl', confidence: 0.9, data: 'data:image/png;base64,AA' };
    const full = texts(run('a', { images: [image] }), run('b', { cost: 500 }));
    expect(full).toMatch(/forward passes/);
    expect(full).toMatch(/Elites at the end.*owl/);
  });

  it('tests at equal forward passes first, where an evaluation took more than one', () => {
    const run = (group: string, late: readonly number[], early: readonly number[]) => ({
      ...{ name: group, group, seed: 1, evaluations: 10, curve: [] },
      ...{ cost: 40, confidences: [...late], confidencesAtCost: [...early] },
    });
    const runs = [run('costly', [1, 1, 1], [0.1, 0.2, 0.3]), run('plain', [0.4, 0.5, 0.6], [0.4, 0.5, 0.6])];
    const comparison: Comparison = { evaluations: 10, cost: 10, classes: 3, runs };
    expect(testsOf(comparison).map(({ at, effect }) => [at, effect])).toEqual([
      ['forward passes', 0],
      ['evaluations', 1],
    ]);
    const { title, lede, table } = COMPARISON.resultOf(comparison);
    expect(title).toBe('2 runs after 10 forward passes');
    expect(lede).toMatch(/costly: 0\.2000 .*plain: 0\.5000/);
    const [first] = table.rows;
    const at = (name: string) => first?.[table.columns.findIndex((column) => column.name === name)];
    expect([at('median_at_cost'), at('median')]).toEqual([0.2, 1]);
  });

  it('of an earlier Atoll was made at equal evaluations alone, and says so', () => {
    const run = { name: 'a', group: 'a', seed: 1, evaluations: 10, confidences: [0.5], curve: [] };
    const runs = [run, { ...run, group: 'b', cost: 50 }];
    const notesOf = (comparison: Comparison) => `${COMPARISON.resultOf(comparison).notes}`;
    const old = notesOf({ evaluations: 10, classes: 1, runs });
    expect(old).toContain('All are compared after the evaluations of the shortest run.');
    expect(old).not.toContain('at equal');
    expect(notesOf({ evaluations: 10, cost: 10, classes: 1, runs })).toContain(
      'All are compared after the forward passes of the least expensive run, and after',
    );
  });

  it('tests runs where there are several of a group, and classes always', () => {
    const run = (group: string, ...confidences: number[]): Comparison['runs'][number] => ({
      ...{ name: group, group, seed: 1, evaluations: 10, curve: [], confidences },
    });
    const runs = [
      run('new', 0.9, 1),
      run('new', 0.8, 0.9),
      run('old', 0.1, 0.3),
      run('old', 0.2, 0.5),
      run('lone', 0, 0),
    ];
    const comparison: Comparison = { evaluations: 10, classes: 2, runs };
    expect(groupsOf(comparison)).toEqual(['new', 'old', 'lone']);
    const tests = testsOf(comparison);
    expect(tests.filter(({ over }) => over === 'classes')).toHaveLength(3);
    const median = tests.find(({ measure, over }) => measure === 'median' && over === 'runs');
    // Two against two: six ways, of which the most extreme are two.
    expect(median).toMatchObject({ first: 'new', second: 'old', u: 4, effect: 1, sizes: [2, 2] });
    expect(median?.p).toBeCloseTo(1 / 3, 12);
    expect(tests.some(({ second, over }) => second === 'lone' && over === 'runs')).toBe(false);
  });
});
