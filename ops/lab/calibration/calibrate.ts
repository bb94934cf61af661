import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import { VIEW_COUNT, type Views } from '../../../protocol/drawing/tensor-spec.js';
import { type OpenedModel, openModel } from '../../../worker/classifier/open.js';
import { topGuesses } from '../../../worker/classifier/photos.js';
import { typedPath } from '../../cli/command-line.js';
import { IMAGES } from '../../cli/meter.js';
import { type ModelFlags, modelFromFlags } from '../../cli/model-flags.js';
import { print, printJson, say } from '../../cli/output.js';
import { type ImageSet, openImageSet } from '../images/image-set.js';
import { labelTableOf } from '../images/label-table.js';
import { longWork, type Step } from '../long-work.js';
import { confidence, percent } from '../results/format.js';
import { keptScore } from '../results/kept-score.js';
import { checkResultDirectory, writeResult } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { expectedCalibrationError, reliability } from '../statistics/calibration.js';
import { type Calibration, calibrationFigures, verdictsOf } from './calibration.js';
import { CALIBRATION } from './experiment.js';

export interface CalibrateFlags extends ModelFlags {
  readonly images?: string;
  readonly run?: string;
  readonly part: 'train' | 'test';
  readonly atMost: number;
  readonly views: Views;
  readonly out?: string;
  readonly json?: boolean;
}

/** What `atoll calibrate` does. `named`: which flags a person gave. */
export async function calibrateCommand(flags: CalibrateFlags, named: ReadonlySet<string>): Promise<void> {
  checkFlags(flags, named);
  const source = flags.run === undefined ? undefined : await openRunSource(flags.run);
  try {
    const engine = named.has('engine') ? { engine: flags.engine } : {};
    const device = named.has('device') ? { device: flags.device } : {};
    const opened = source
      ? await source.openNetwork({ ...engine, ...device })
      : await openModel(flags.model, modelFromFlags(flags), flags);
    try {
      for (const note of opened.model.notes) say(note);
      await calibrateOpened(opened, source, flags);
    } finally {
      await opened.classifier.close();
    }
  } finally {
    source?.close();
  }
}

function checkFlags({ images, run }: CalibrateFlags, named: ReadonlySet<string>): void {
  if (images === undefined) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: 'A calibration needs natural images of which the class is known',
      fix: 'Add --images DIR: a folder for each class, names that begin with the index of the class, or the files of MNIST',
    });
  }
  if (run !== undefined && named.has('model')) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: '--run calibrates the network of a run, and --model names one too',
      fix: 'Give one of the two',
    });
  }
}

async function calibrateOpened(
  opened: OpenedModel,
  source: RunSource | undefined,
  flags: CalibrateFlags,
): Promise<void> {
  const { model } = opened;
  const { images = '', part, atMost } = flags;
  const views = source?.run.spec.views ?? flags.views;
  const table = await labelTableOf(model.labels, flags.labels);
  const set = await openImageSet(images, { table, part, atMost });
  const folder = source ? join(source.run.path, 'lab/calibrate') : `lab/calibrate-${model.name}`;
  const target = await checkResultDirectory(flags.out ?? folder);
  const measured = await longWork(IMAGES, (step) => measure(opened, set, views, step));
  const evolved = source && {
    run: source.run.spec.name,
    confidences: source.elites.map((elite) => elite.confidence),
  };
  const calibration = { ...measured, ...(evolved && { evolved }) };
  const result = CALIBRATION.resultOf(calibration);
  const directory = await writeResult(target, result);
  const figures = calibrationFigures(calibration);
  const error = expectedCalibrationError(reliability(verdictsOf(calibration)));
  if (flags.json) {
    printJson({
      model: model.name,
      modelDigest: model.digest,
      set: set.name,
      ...figures,
      expectedCalibrationError: error,
      directory,
    });
    return;
  }
  print(
    [
      `${percent(figures.accuracy)} of ${figures.images} images are named rightly.`,
      `Median confidence: ${confidence(figures.medianConfidence)} of all, ${confidence(figures.medianConfidenceWhenRight)} of those named rightly, ${confidence(figures.medianConfidenceInRight)} in the right class.`,
      `Expected calibration error: ${error.toFixed(4)}.`,
      `The figure is in ${typedPath(directory)}`,
    ].join('\n'),
  );
}

/** Views scored at a time: a step of progress each. More would take memory for nothing. */
const CHUNK = 64;

/** Shows every image to the network; deterministic. */
export async function measure(
  { model, classifier }: OpenedModel,
  set: ImageSet,
  views: Views,
  step: Step,
): Promise<Calibration> {
  const { classes } = classifier;
  const named: number[] = [];
  const confidences: number[] = [];
  const inRight: number[] = [];
  const size = Math.ceil(CHUNK / VIEW_COUNT[views] / classifier.batch) * classifier.batch;
  for (let from = 0; from < set.images.length; from += size) {
    step(from, set.images.length);
    const chunk = set.images.slice(from, from + size);
    const rows = await set.classify(from, from + chunk.length, classifier, views);
    for (const [i, { classId }] of chunk.entries()) {
      const row = rows.subarray(i * classes, (i + 1) * classes);
      const [top] = topGuesses(row, model.labels, 1);
      named.push(top?.classId ?? 0);
      confidences.push(keptScore(top?.confidence ?? 0));
      inRight.push(keptScore(row[classId] ?? 0));
    }
  }
  step(set.images.length, set.images.length);
  return {
    model: model.name,
    modelDigest: model.digest,
    engine: classifier.engine,
    views,
    images: set.name,
    labels: [...model.labels],
    names: set.images.map(({ name }) => name),
    classIds: set.images.map(({ classId }) => classId),
    named,
    confidences,
    inRight,
  };
}
