import { beside } from '../figures/compose.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';
import { seriesInk } from '../look/inks.js';
import { markup } from '../look/markup.js';
import { tableBlock } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, short, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { median, quantile, sorted } from '../statistics/quantile.js';
import {
  type Comparison,
  comparisonSchema,
  groupsOf,
  MEASURES,
  type Measure,
  onGrid,
  testsOf,
} from './comparison.js';

/** `atoll compare`: runs against each other at equal evaluations. */
export const COMPARISON = defineExperiment<Comparison>({
  name: 'compare',
  schema: comparisonSchema,
  show(comparison) {
    const { runs, evaluations } = comparison;
    const groups = groupsOf(comparison);
    const says = groups.map((group) => {
      const values = runs
        .filter((run) => run.group === group)
        .map((run) => MEASURES.median.of(run.confidences));
      return `${group}: ${confidence(median(values))} (${values.length} run${values.length === 1 ? '' : 's'})`;
    });
    return {
      title: `${runs.length} runs after ${whole(evaluations)} evaluations`,
      lede: `Median confidence, median over the runs. ${says.join('; ')}.`,
      figure: compareFigure(comparison),
      table: runTable(comparison),
      notes: markup`<h2>Tests</h2>${tableBlock(testTable(comparison))}<p>Runs with the same spec but for their seeds are a group. A line is the median over the
runs of a group; the band reaches from the least to the greatest. All are compared after the evaluations of the shortest run.</p>
<p class="quiet">Two-sided Mann–Whitney U tests, exact where there are at most 40 values in all. A: the chance that a value of the first group is
greater than one of the second, .5 being none (Vargha and Delaney 2000). Over runs the values are independent; with three runs a group p cannot be
below .1. Over classes they are not, since images of one run descend from each other: read that p as a description.</p>`,
    };
  },
});

const POINTS = 160;
const COLUMN: Readonly<Record<Measure, 1 | 2 | 3>> = { median: 1, mean: 2, at99: 3 };

function compareFigure(comparison: Comparison): Figure {
  const measures: readonly Measure[] = ['median', 'mean', 'at99'];
  return beside(measures.map((measure) => panel(comparison, measure)));
}

function panel(comparison: Comparison, measure: Measure): Figure {
  const { runs, evaluations } = comparison;
  const grid = Array.from({ length: POINTS + 1 }, (_, i) => (i * evaluations) / POINTS);
  const marks = groupsOf(comparison).flatMap((group, g): Mark[] => {
    const curves = runs
      .filter((run) => run.group === group)
      .map(({ curve }) =>
        onGrid(
          curve.map((point) => [point[0], point[COLUMN[measure]]] as const),
          grid,
        ),
      );
    const at = (i: number) => sorted(curves.map((curve) => curve[i] ?? 0));
    const ink = seriesInk(g);
    const middle = grid.map((x, i) => [x, quantile(at(i), 0.5)] as const);
    const band = grid.map((x, i) => [x, quantile(at(i), 0), quantile(at(i), 1)] as const);
    const line: Mark = { kind: 'line', points: middle, ink, label: group };
    return curves.length > 1 ? [{ kind: 'band', points: band, ink }, line] : [line];
  });
  return plot({
    width: 400,
    height: 340,
    title: MEASURES[measure].title,
    x: { label: 'evaluations', domain: [0, evaluations], format: thousands },
    y: { label: MEASURES[measure].title, domain: [0, 1] },
    marks,
  });
}

function thousands(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : `${value}`;
}

function runTable({ runs, classes }: Comparison): Table {
  return {
    columns: [
      { name: 'run', title: 'run' },
      { name: 'group', title: 'group' },
      { name: 'seed', title: 'seed', format: String },
      { name: 'evaluations', title: 'evaluations in all', format: whole },
      { name: 'coverage', title: 'coverage', format: percent },
      { name: 'median', title: 'median confidence', format: confidence },
      { name: 'mean', title: 'mean confidence', format: confidence },
      { name: 'share_at_99', title: 'classes at .99', format: percent },
    ],
    rows: runs.map(({ name, group, seed, evaluations, confidences }) => [
      ...[name, group, seed, evaluations],
      ...[confidences.filter((each) => each > 0).length / classes],
      ...[MEASURES.median.of(confidences), MEASURES.mean.of(confidences), MEASURES.at99.of(confidences)],
    ]),
  };
}

function testTable(comparison: Comparison): Table {
  return {
    columns: [
      { name: 'first', title: 'group' },
      { name: 'second', title: 'against' },
      { name: 'measure', title: 'of' },
      { name: 'over', title: 'over' },
      { name: 'u', title: 'U', format: short },
      {
        name: 'p',
        title: 'p',
        format: (value) => (value < 0.001 ? value.toExponential(1) : value.toFixed(3)),
      },
      { name: 'effect', title: 'A', format: (value) => value.toFixed(3) },
      { name: 'method', title: 'p is' },
    ],
    rows: testsOf(comparison).map(({ first, second, measure, over, sizes, u, p, effect, method }) => [
      ...[first, second, measure === 'confidence' ? 'confidence' : MEASURES[measure].title],
      ...[`${sizes[0]} and ${sizes[1]} ${over}`, u, p, effect, method],
    ]),
  };
}
