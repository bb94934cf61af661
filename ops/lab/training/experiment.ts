import { z } from 'zod';
import { beside } from '../figures/compose.js';
import { type Mark, plot } from '../figures/plot.js';
import type { Figure, Ink } from '../figures/shape.js';
import { markup } from '../look/markup.js';
import { facts } from '../pages/page.js';
import { defineExperiment } from '../results/experiment.js';
import { percent, whole } from '../results/format.js';
import type { Table } from '../results/table.js';

const share = z.number().min(0).max(1);

const trainingSchema = z.strictObject({
  /** Of its plan, e.g. `lenet`. */
  network: z.string(),
  /** What was trained on, in words. */
  data: z.string(),
  /** What a network of this kind is shown. */
  input: z.strictObject({ width: z.int().min(1), height: z.int().min(1), channels: z.enum(['grey', 'RGB']) }),
  classes: z.int().min(1),
  /** Images that were trained on, and that were kept for validation. */
  images: z.int().min(1),
  validation: z.int().min(1),
  /** An entry an epoch, as {@link EpochFigures}. */
  history: z
    .array(
      z.strictObject({ loss: z.number(), trainAccuracy: share, validationLoss: z.number(), accuracy: share }),
    )
    .min(1),
  /** The epoch whose weights were taken, from 1. */
  epoch: z.int().min(1),
  /** Of the network that was written. */
  accuracy: share,
  measuredOn: z.enum(['test', 'validation']),
  /** The command that trains it again. */
  rebuild: z.string(),
});

export type Training = z.infer<typeof trainingSchema>;

/** `atoll train`: how a network became better, epoch by epoch. */
export const TRAINING = defineExperiment<Training>({
  name: 'train',
  schema: trainingSchema,
  show(training) {
    const { network, data, input, classes, images, validation, history, epoch, rebuild } = training;
    return {
      title: `Training of ${network}`,
      lede: ledeOf(training),
      figure: beside([lossFigure(training), accuracyFigure(training)]),
      table: epochTable(training),
      notes: markup`${facts([
        ['Data', data],
        ['Input', `${input.width} × ${input.height} ${input.channels}`],
        ['Classes', whole(classes)],
        ['Trained on', whole(images)],
        ['For validation', whole(validation)],
        ['Epochs', `${history.length}, weights of epoch ${epoch}`],
      ])}<p>Loss is the mean cross-entropy. In training it is of images that are changed at random and of weights that change meanwhile, so that
it may be greater than in validation.</p><h3>The command</h3><pre>${rebuild}</pre>`,
    };
  },
});

function ledeOf({ accuracy, measuredOn, epoch, history }: Training): string {
  return `${percent(accuracy)} of the ${measuredOn} images are right, with the weights of epoch ${epoch} of ${history.length}.`;
}

const WIDTH = 470;
const HEIGHT = 340;

function epochAxis({ history }: Training) {
  const last = Math.max(2, history.length);
  const step = Math.ceil(last / 10);
  const ticks = Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, i) => 1 + i * step);
  return { label: 'epoch', domain: [1, last] as const, ticks, format: String };
}

function lossFigure(training: Training): Figure {
  const { history } = training;
  const most = Math.max(...history.flatMap(({ loss, validationLoss }) => [loss, validationLoss]), 0.01);
  return plot({
    width: WIDTH,
    height: HEIGHT,
    title: 'Loss',
    says: 'Loss in training and in validation over epochs',
    x: epochAxis(training),
    y: { label: 'mean cross-entropy', domain: [0, most] },
    marks: [
      ...series(
        history.map(({ loss }) => loss),
        'series-1',
        'training',
      ),
      ...series(
        history.map(({ validationLoss }) => validationLoss),
        'series-0',
        'validation',
      ),
      ...taken(training),
    ],
  });
}

function accuracyFigure(training: Training): Figure {
  const { history } = training;
  const least = Math.min(...history.flatMap(({ trainAccuracy, accuracy }) => [trainAccuracy, accuracy]));
  // Down to a round value below the least.
  const from = Math.floor(10 * Math.max(0, least - 0.005)) / 10;
  return plot({
    width: WIDTH,
    height: HEIGHT,
    title: 'Accuracy',
    says: 'Accuracy in training and in validation over epochs',
    x: epochAxis(training),
    y: {
      label: 'share that is named rightly',
      domain: [from, 1],
      format: (value) => `${Math.round(100 * value)} %`,
    },
    marks: [
      ...series(
        history.map(({ trainAccuracy }) => trainAccuracy),
        'series-1',
        'training',
      ),
      ...series(
        history.map(({ accuracy }) => accuracy),
        'series-0',
        'validation',
      ),
      ...taken(training),
    ],
  });
}

/** Dots beside the line: a training may have one epoch. */
function series(values: readonly number[], ink: Ink, label: string): Mark[] {
  const points = values.map((value, i) => [i + 1, value] as const);
  return [
    { kind: 'line', points, ink, label },
    { kind: 'dots', points, ink, titles: values.map((value, i) => `epoch ${i + 1}: ${value.toFixed(4)}`) },
  ];
}

/** Nothing where that is the last epoch, as one expects. */
function taken({ epoch, history }: Training): Mark[] {
  if (epoch === history.length) return [];
  return [{ kind: 'rule', x: epoch, label: 'weights that were taken', ink: 'quiet' }];
}

function epochTable({ history }: Training): Table {
  const fine = (value: number) => value.toFixed(4);
  return {
    columns: [
      { name: 'epoch', title: 'epoch', format: String },
      { name: 'loss', title: 'loss in training', format: fine },
      { name: 'train_accuracy', title: 'accuracy in training', format: percent },
      { name: 'validation_loss', title: 'loss in validation', format: fine },
      { name: 'validation_accuracy', title: 'accuracy in validation', format: percent },
    ],
    rows: history.map(({ loss, trainAccuracy, validationLoss, accuracy }, i) => [
      ...[i + 1, loss, trainAccuracy, validationLoss, accuracy],
    ]),
  };
}
