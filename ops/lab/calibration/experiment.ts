import type { Axis } from '../figures/axis.js';
import { beside } from '../figures/compose.js';
import { ninesAxis, ninesOf } from '../figures/nines.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { confidence, percent, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { expectedCalibrationError, reliability } from '../statistics/calibration.js';
import {
  byClass,
  type Calibration,
  calibrationFigures,
  calibrationLine,
  calibrationSchema,
  shares,
  verdictsOf,
} from './calibration.js';

/** `atoll calibrate`: how certain a network is of natural images, and how often it is right. */
export const CALIBRATION = defineExperiment<Calibration>({
  name: 'calibrate',
  schema: calibrationSchema,
  show(calibration) {
    const { model, images, evolved } = calibration;
    const found = calibrationFigures(calibration);
    const error = expectedCalibrationError(reliability(verdictsOf(calibration)));
    return {
      title: `What the confidence of ${model} is worth`,
      lede: calibrationLine(calibration),
      figure: beside([diagram(calibration), distribution(calibration)]),
      table: imageTable(calibration),
      summary: classTable(calibration),
      notes: markup`${facts([
        ['Images', whole(found.images)],
        ['Accuracy: share named rightly', percent(found.accuracy)],
        ['Median confidence, all images', confidence(found.medianConfidence)],
        ['Median confidence, those named rightly', confidence(found.medianConfidenceWhenRight)],
        ['Median confidence in the right class', confidence(found.medianConfidenceInRight)],
        ['Expected calibration error', error.toFixed(4)],
      ])}<p>The network is ${model}; the images are ${images}. Confidence is what the network gives the class that it names
first. Accuracy is the share of images whose class it names first. The two are different things: the diagram shows one over the other, and
for a network that is calibrated they are equal.</p>
<p class="quiet">The diagram has 15 bins of equal width. The expected calibration error is the mean over the images of
|accuracy − confidence| of their bin (Guo, Pleiss, Sun and Weinberger, ICML 2017).${
        evolved
          ? ` The elites of the run ${evolved.run} are shown beside the natural images; none of them shows what the network names.`
          : ''
      }</p>`,
    };
  },
});

function diagram(calibration: Calibration): Figure {
  const bins = reliability(verdictsOf(calibration)).filter(({ count }) => count > 0);
  const bars = bins.map(({ from, to, count, accuracy, confidence: mean }) => ({
    from,
    to,
    value: accuracy,
    title: `${whole(count)} images, mean confidence ${mean.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`,
  }));
  const dots = bins.map((bin): readonly [number, number] => [bin.confidence, bin.accuracy]);
  return plot({
    width: 420,
    height: 400,
    title: 'Reliability diagram',
    says: 'Reliability diagram: accuracy over confidence in 15 bins',
    x: { label: NAMED, domain: [0, 1] },
    y: { label: 'accuracy (share named rightly)', domain: [0, 1] },
    marks: [
      { kind: 'bars', bars, ink: 'series-0', opacity: 0.55, label: 'accuracy of a bin' },
      {
        kind: 'line',
        points: [
          [0, 0],
          [1, 1],
        ],
        ink: 'quiet',
        dashed: true,
        width: 1.5,
        label: 'calibrated',
      },
      { kind: 'dots', points: dots, ink: 'series-0', radius: 3.5, label: 'at its mean confidence' },
    ],
  });
}

const BARS = 28;
const NAMED = 'confidence in the class that is named';

/** Where the network is so certain that 0 … 1 shows one bar, the axis counts nines. */
function distribution(calibration: Calibration): Figure {
  const { confidences, evolved } = calibration;
  const { medianConfidence } = calibrationFigures(calibration);
  const isCertain = medianConfidence >= 0.99;
  const x: Axis = isCertain ? ninesAxis(NAMED) : { label: NAMED, domain: [0, 1] };
  const end = x.domain[1];
  const at = (value: number) => (isCertain ? ninesOf(value) : value);
  const sharesOf = (values: readonly number[]) =>
    shares(
      values.map((value) => at(value) / end),
      BARS,
    );
  const right = verdictsOf(calibration).flatMap((each) => (each.right ? [each.confidence] : []));
  // Shares of all images, so that those named rightly lie within the others.
  const rightShare = sharesOf(right).map((share) => (share * right.length) / confidences.length);
  const all = sharesOf(confidences);
  const elites = evolved ? sharesOf(evolved.confidences) : [];
  const bars = (values: readonly number[]) =>
    values.map((value, i) => ({
      from: (i * end) / BARS,
      to: ((i + 1) * end) / BARS,
      value,
      title: percent(value),
    }));
  const outline: Mark[] = evolved
    ? [{ kind: 'line', points: staircase(elites, end), ink: 'series-1', label: `elites of ${evolved.run}` }]
    : [];
  const label = `median ${confidence(medianConfidence)}`;
  return plot({
    width: 500,
    height: 400,
    title: 'Distribution of confidence on natural images',
    x,
    y: {
      label: 'share of the images',
      domain: [0, Math.max(0.05, ...all, ...elites)],
      format: (value) => `${Math.round(100 * value)} %`,
    },
    marks: [
      { kind: 'bars', bars: bars(all), ink: 'series-2', opacity: 0.35, label: 'all images' },
      { kind: 'bars', bars: bars(rightShare), ink: 'series-0', opacity: 0.8, label: 'named rightly' },
      ...outline,
      { kind: 'rule', x: at(medianConfidence), label, ink: 'text' },
    ],
  });
}

/** The outline of a histogram over 0 … end. */
function staircase(values: readonly number[], end: number): (readonly [number, number])[] {
  const corners = values.flatMap((value, i): (readonly [number, number])[] => [
    [(i * end) / values.length, value],
    [((i + 1) * end) / values.length, value],
  ]);
  return [[0, 0], ...corners, [end, 0]];
}

function imageTable({ labels, names, classIds, named, confidences, inRight }: Calibration): Table {
  return {
    columns: [
      { name: 'image', title: 'image' },
      { name: 'class_id', title: 'class', format: String },
      { name: 'label', title: 'label' },
      { name: 'named_class_id', title: 'class that is named', format: String },
      { name: 'named_label', title: 'its label' },
      { name: 'right', title: 'right', format: String },
      { name: 'confidence', title: 'confidence in it', format: confidence },
      { name: 'confidence_in_right', title: 'confidence in the right class', format: confidence },
    ],
    rows: names.map((name, i) => {
      const [classId = 0, guess = 0] = [classIds[i], named[i]];
      const right = classId === guess ? 1 : 0;
      const scores = [confidences[i] ?? 0, inRight[i] ?? 0];
      return [name, classId, labels[classId] ?? '', guess, labels[guess] ?? '', right, ...scores];
    }),
  };
}

function classTable(calibration: Calibration): Table {
  return {
    columns: [
      { name: 'class_id', title: 'class', format: String },
      { name: 'label', title: 'label' },
      { name: 'images', title: 'images', format: whole },
      { name: 'accuracy', title: 'accuracy', format: percent },
      { name: 'median_confidence', title: 'median confidence', format: confidence },
      {
        name: 'median_confidence_in_right',
        title: 'median confidence in the right class',
        format: confidence,
      },
    ],
    rows: byClass(calibration).map((row) => [
      ...[row.classId, row.label, row.images],
      ...[row.accuracy, row.medianConfidence, row.medianConfidenceInRight],
    ]),
  };
}
