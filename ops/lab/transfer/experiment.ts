import { shownLabel } from '../../../coordinator/export/shown-label.js';
import { beside, stacked } from '../figures/compose.js';
import { heatMap, rising } from '../figures/heat.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';
import { seriesInk } from '../look/inks.js';
import { markup } from '../look/markup.js';
import { tableBlock } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent } from '../results/format.js';
import type { Cell, Table } from '../results/table.js';
import { isOwn, type Transfer, type TransferFigures, transferFigures, transferSchema } from './transfer.js';

/** Maps of classes are drawn for so many at the most. */
const MAPPED = 40;

/** `atoll transfer`: whether images that were evolved on one network fool another. */
export const TRANSFER = defineExperiment<Transfer>({
  name: 'transfer',
  schema: transferSchema,
  show(transfer) {
    const figures = transferFigures(transfer);
    const others = figures.filter(({ own }) => !own);
    const says = (others.length > 0 ? others : figures).map(
      ({ run, network, top1, median }) =>
        `${network} names the same class in ${percent(top1)} of the images of ${run} (median confidence ${confidence(median)})`,
    );
    return {
      title: 'Whether the images fool other networks too',
      lede: `${says.join('; ')}.`,
      figure: transferFigure(transfer, figures),
      table: eliteTable(transfer),
      notes: markup`<h2>In sum</h2>${tableBlock(sumTable(figures))}<p>Each elite is drawn at the size and in the colours that a network takes, and scored by it as it
would be in a run. <em>Same class</em>: the class of that network that has the same name or synset; where a network's classes have no names they
are matched by their place. The line of the run's own network is a check: it agrees with what the run
stores. A run that evolves against several networks at once stores the least, or the mean, of what they give an image.</p>`,
    };
  },
});

function transferFigure(transfer: Transfer, figures: readonly TransferFigures[]): Figure {
  const { runs, networks } = transfer;
  const matrix = heatMap({
    title: 'Share named as the same class',
    rows: runs.map(({ name }) => name),
    columns: networks.map(({ name }) => name),
    rowTitle: 'evolved in',
    columnTitle: 'scored by',
    value: (r, c) => figures[r * networks.length + c]?.top1 ?? null,
    ramp: rising(0, 1),
    format: percent,
    cell: { width: 84, height: 56 },
  });
  const top = beside([matrix, curves(transfer)]);
  const maps = runs.filter(({ classIds }) => classIds.length <= MAPPED).map((run) => classMap(run, transfer));
  return maps.length === 0 ? top : stacked([top, ...maps]);
}

/** Of each run and network, the confidences in the same class in descending order. */
function curves({ runs, networks }: Transfer): Figure {
  let series = 0;
  const marks = runs.flatMap((run) =>
    run.verdicts.map((verdicts, i): Mark => {
      const scores = verdicts.inSame.filter((score) => score !== null).toSorted((a, b) => b - a);
      const points = scores.map((score, rank): readonly [number, number] => [
        (rank + 1) / scores.length,
        score,
      ]);
      const own = isOwn(run, i);
      const network = networks[i]?.name ?? '';
      return {
        kind: 'line',
        points: [[0, scores[0] ?? 0], ...points],
        ink: own ? 'quiet' : seriesInk(series++),
        dashed: own,
        label: own
          ? run.further.length > 0
            ? `on ${network}, evolved for it`
            : 'on their own network'
          : runs.length > 1
            ? `${run.name} on ${network}`
            : `on ${network}`,
      };
    }),
  );
  return plot({
    width: 520,
    height: 340,
    title: 'Confidence in the same class',
    x: {
      label: 'share of the images, the most convincing first',
      domain: [0, 1],
      format: (value) => percent(value).replace('.0', ''),
    },
    y: { label: 'confidence', domain: [0, 1] },
    marks,
  });
}

function classMap(run: Transfer['runs'][number], { networks }: Transfer): Figure {
  return heatMap({
    title: `Confidence in the same class, images of ${run.name}`,
    rows: networks.map(({ name }) => name),
    columns: run.classIds.map((classId) => shownLabel(run.labels[classId] ?? '')),
    rowTitle: 'scored by',
    columnTitle: 'class of the image',
    value: (network, elite) => run.verdicts[network]?.inSame[elite] ?? null,
    ramp: rising(0, 1),
    format: confidence,
  });
}

function sumTable(figures: readonly TransferFigures[]): Table {
  return {
    columns: [
      { name: 'run', title: 'images of' },
      { name: 'network', title: 'scored by' },
      { name: 'elites', title: 'images', format: String },
      { name: 'top1', title: 'same class named first', format: percent },
      { name: 'chance', title: 'by chance', format: percent },
      { name: 'median', title: 'median confidence in it', format: confidence },
      { name: 'mean', title: 'mean', format: confidence },
      { name: 'at_least_99', title: 'at .99 or more', format: percent },
      { name: 'median_in_named', title: 'median confidence in what is named', format: confidence },
    ],
    rows: figures.map((row) => [
      ...[row.run, `${row.network}${row.own ? ' (its own)' : ''}`, row.elites, row.top1, row.chance],
      ...[row.median, row.mean, row.atLeast99, row.medianInNamed],
    ]),
  };
}

function eliteTable({ runs, networks }: Transfer): Table {
  const rows = runs.flatMap((run) =>
    run.classIds.flatMap((classId, e) =>
      run.verdicts.map((verdicts, n): Cell[] => {
        const network = networks[n];
        const named = verdicts.named[e] ?? 0;
        const same = verdicts.same[e] ?? null;
        const label = shownLabel(run.labels[classId] ?? '');
        return [
          ...[run.name, classId, label, run.stored[e] ?? 0, network?.name ?? '', same],
          ...[same === null ? null : Number(named === same), verdicts.inSame[e] ?? null],
          ...[shownLabel(network?.labels[named] ?? `${named}`), verdicts.inNamed[e] ?? 0],
        ];
      }),
    ),
  );
  return {
    columns: [
      { name: 'run', title: 'images of' },
      { name: 'class_id', title: 'class', format: String },
      { name: 'label', title: 'label' },
      { name: 'stored_confidence', title: 'confidence in the run', format: confidence },
      { name: 'network', title: 'scored by' },
      { name: 'same_class_id', title: 'its class', format: String },
      { name: 'same_named', title: 'named first', format: String },
      { name: 'confidence', title: 'confidence in it', format: confidence },
      { name: 'named_label', title: 'what is named' },
      { name: 'named_confidence', title: 'confidence in that', format: confidence },
    ],
    rows,
  };
}
