import { fitText } from '../../../coordinator/export/lettering.js';
import { beside, stacked } from '../figures/compose.js';
import { ninesAxis, ninesOf } from '../figures/nines.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure, Shape } from '../figures/shape.js';
import { seriesInk } from '../look/inks.js';
import { Markup, markup } from '../look/markup.js';
import { tableBlock } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, short, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { median, quantile, sorted } from '../statistics/quantile.js';
import {
  type Comparison,
  comparisonSchema,
  confidencesOf,
  costOf,
  costsOf,
  groupsOf,
  hasCosts,
  lengthOf,
  MEASURES,
  type Measure,
  onGrid,
  reachedAt,
  testsOf,
  type Unit,
  unitsOf,
} from './comparison.js';

/** `atoll compare`: runs against each other at equal evaluations, and at equal forward passes. */
export const COMPARISON = defineExperiment<Comparison>({
  name: 'compare',
  schema: comparisonSchema,
  show(comparison) {
    const { runs } = comparison;
    const [unit = 'evaluations'] = unitsOf(comparison);
    const says = groupsOf(comparison).map((group) => {
      const values = runs
        .filter((run) => run.group === group)
        .map((run) => MEASURES.median.of(confidencesOf(run, unit)));
      return `${group}: ${confidence(median(values))} (${values.length} run${values.length === 1 ? '' : 's'})`;
    });
    return {
      title: `${runs.length} runs after ${whole(lengthOf(comparison, unit))} ${unit}`,
      lede: `Median confidence, median over the runs. ${says.join('; ')}.`,
      figure: compareFigure(comparison),
      table: runTable(comparison),
      notes: markup`<h2>Tests</h2>${tableBlock(testTable(comparison))}<p>Runs with the same spec but for their seeds are a group. A line is the median over the
runs of a group; the band reaches from the least to the greatest. ${comparedAt(comparison)}</p>${costNote(comparison)}
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
  const over = (unit: Unit) => beside(measures.map((measure) => panel(comparison, measure, unit)));
  const rows = [over('evaluations'), ...(hasCosts(comparison) ? [over('forward passes')] : [])];
  return stacked([...rows, ...eliteRows(comparison)]);
}

/** Over evaluations, or over forward passes; as far as all runs went. */
function panel(comparison: Comparison, measure: Measure, unit: Unit): Figure {
  const { runs } = comparison;
  const placesOf = (run: Comparison['runs'][number]) =>
    unit === 'evaluations' ? run.curve.map(([evaluation]) => evaluation) : costsOf(run);
  const end = unit === 'evaluations' ? comparison.evaluations : Math.min(...runs.map(costOf));
  const grid = Array.from({ length: POINTS + 1 }, (_, i) => (i * end) / POINTS);
  // Where all are certain at the end, 0 … 1 would show lines at the top.
  const inNines =
    measure !== 'at99' && runs.every(({ curve }) => (curve.at(-1)?.[COLUMN.median] ?? 0) >= 0.99);
  const shown = (value: number) => (inNines ? ninesOf(value) : value);
  const marks = groupsOf(comparison).flatMap((group, g): Mark[] => {
    const curves = runs
      .filter((run) => run.group === group)
      .map((run) => {
        const places = placesOf(run);
        return onGrid(
          run.curve.map((point, i) => [places[i] ?? 0, shown(point[COLUMN[measure]])] as const),
          grid,
        );
      });
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
    x: { label: unit, domain: [0, end], format: thousands },
    y: inNines ? ninesAxis(MEASURES[measure].title) : { label: MEASURES[measure].title, domain: [0, 1] },
    marks,
  });
}

const SIDE = 64;
const LABEL = 190;

/** Elites of the first run of each group, class below class. */
function eliteRows({ runs }: Comparison): Figure[] {
  const shown = runs.filter(({ images }) => images !== undefined);
  if (shown.length === 0) return [];
  const shapes: Shape[] = [
    { kind: 'text', text: 'Elites at the end of a run', x: 12, y: 22, size: 14, ink: 'text' },
  ];
  const step = SIDE + 12;
  const labels = new Map(
    shown.flatMap(({ images = [] }) => images.map(({ classId, label }) => [classId, label])),
  );
  const columns = [...labels.keys()].sort((a, b) => a - b);
  for (const [column, classId] of columns.entries()) {
    const text = fitText(labels.get(classId) ?? '', 11, SIDE);
    shapes.push({ kind: 'text', text, x: LABEL + column * step, y: 40, size: 11, ink: 'quiet' });
  }
  for (const [row, { group, name, images = [] }] of shown.entries()) {
    const y = 44 + row * (SIDE + 30);
    const letters = { kind: 'text', x: 12, size: 12 } as const;
    shapes.push({ ...letters, text: fitText(group, 12, LABEL - 12), y: y + 26, ink: 'text' });
    shapes.push({ ...letters, text: fitText(name, 12, LABEL - 12), y: y + 42, ink: 'quiet' });
    for (const { classId, label, confidence: value, data } of images) {
      const x = LABEL + columns.indexOf(classId) * step;
      shapes.push(
        { kind: 'image', x, y, width: SIDE, height: SIDE, data, title: label },
        { ...letters, text: confidence(value), x, y: y + SIDE + 13, size: 11, ink: 'text' },
      );
    }
  }
  return [
    {
      width: LABEL + columns.length * step,
      height: 44 + shown.length * (SIDE + 30),
      says: 'Elites of a run of each group, with their confidences',
      shapes,
    },
  ];
}

/** A comparison by an earlier Atoll has curves over forward passes, and was made at equal evaluations alone. */
function comparedAt(comparison: Comparison): string {
  const evaluations = 'after the evaluations of the shortest run';
  if (comparison.cost === undefined) return `All are compared ${evaluations}.`;
  return `All are compared after the forward passes of the least expensive run, and ${evaluations}.`;
}

function costNote(comparison: Comparison): Markup {
  if (!hasCosts(comparison)) return new Markup('');
  return markup`<p>An evaluation is one forward pass for each network and each view that an image was shown to, and more for a gradient. The second
row of curves counts these, as far as the least expensive run went.</p>`;
}

function thousands(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : `${value}`;
}

const REACHED = [0.5, 0.9, 0.99] as const;
const REACHED_IN = [
  { of: 'evaluations', name: 'evaluations', title: 'evaluations' },
  { of: 'cost', name: 'forward_passes', title: 'forward passes' },
] as const;

function runTable(comparison: Comparison): Table {
  const { runs, classes } = comparison;
  const compared = unitsOf(comparison);
  const units = hasCosts(comparison) ? REACHED_IN : REACHED_IN.slice(0, 1);
  return {
    columns: [
      { name: 'run', title: 'run' },
      { name: 'group', title: 'group' },
      { name: 'seed', title: 'seed', format: String },
      { name: 'evaluations', title: 'evaluations in all', format: whole },
      { name: 'forward_passes', title: 'forward passes in all', format: whole },
      ...compared.flatMap((unit) => {
        const suffix = unit === 'evaluations' ? '' : '_at_cost';
        const at = compared.length > 1 ? ` at equal ${unit}` : '';
        return [
          { name: `coverage${suffix}`, title: `coverage${at}`, format: percent },
          { name: `median${suffix}`, title: `median confidence${at}`, format: confidence },
          { name: `mean${suffix}`, title: `mean confidence${at}`, format: confidence },
          { name: `share_at_99${suffix}`, title: `classes at .99${at}`, format: percent },
        ];
      }),
      ...units.flatMap(({ name, title }) =>
        REACHED.map((least) => ({
          name: `${name}_to_${least}`,
          title: `${title} to a median of ${`${least}`.slice(1)}`,
          format: whole,
        })),
      ),
    ],
    rows: runs.map((run) => {
      const { name, group, seed, evaluations } = run;
      return [
        ...[name, group, seed, evaluations, costOf(run)],
        ...compared.flatMap((unit) => {
          const values = confidencesOf(run, unit);
          const coverage = values.filter((each) => each > 0).length / classes;
          return [coverage, ...Object.values(MEASURES).map(({ of }) => of(values))];
        }),
        ...units.flatMap(({ of }) => REACHED.map((least) => reachedAt(run, least)?.[of] ?? null)),
      ];
    }),
  };
}

function testTable(comparison: Comparison): Table {
  const isCounted = unitsOf(comparison).length > 1;
  return {
    columns: [
      { name: 'first', title: 'group' },
      { name: 'second', title: 'against' },
      { name: 'measure', title: 'of' },
      { name: 'over', title: 'over' },
      ...(isCounted ? [{ name: 'at', title: 'at equal' }] : []),
      { name: 'u', title: 'U', format: short },
      {
        name: 'p',
        title: 'p',
        format: (value) => (value < 0.001 ? value.toExponential(1) : value.toFixed(3)),
      },
      { name: 'effect', title: 'A', format: (value) => value.toFixed(3) },
      { name: 'method', title: 'p is' },
    ],
    rows: testsOf(comparison).map(({ first, second, measure, over, at, sizes, u, p, effect, method }) => [
      ...[first, second, measure === 'confidence' ? 'confidence' : MEASURES[measure].title],
      `${sizes[0]} and ${sizes[1]} ${over}`,
      ...(isCounted ? [at] : []),
      ...[u, p, effect, method],
    ]),
  };
}
