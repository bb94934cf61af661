import { join, resolve } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import { NETWORKS } from '../../../worker/training/network-plan.js';
import { type LabelledData, readLabelledData } from '../../../worker/training/read-images.js';
import { splitSet } from '../../../worker/training/split.js';
import type { TrainingPlan } from '../../../worker/training/training-plan.js';
import { typedPath } from '../../cli/command-line.js';
import { followInterruption } from '../../cli/interruption.js';
import { createGauge } from '../../cli/meter.js';
import { print, printJson } from '../../cli/output.js';
import { createProgressLine } from '../../cli/progress.js';
import { confidence, percent, whole } from '../results/format.js';
import { writeResult } from '../results/write.js';
import { RETRAINING } from './experiment.js';
import { type Round, roundFigures } from './retraining.js';
import { goThroughRounds } from './rounds.js';

export interface RetrainFlags {
  readonly data: string;
  readonly rounds: number;
  readonly out: string;
  readonly from: 'previous' | 'fresh';
  readonly encoding: Encoding;
  readonly evolutions: number;
  readonly evaluations: number;
  readonly images: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly size: number;
  readonly channels: 'RGB' | 'grey';
  readonly seed: number;
  readonly json?: boolean;
}

/** Share of each class that accuracy is measured on, where the data has no test images of its own. */
const TEST = 0.2;

/** What `atoll retrain` does. */
export async function retrain(flags: RetrainFlags): Promise<void> {
  const { size, channels, seed } = flags;
  const interruption = followInterruption();
  const { signal } = interruption;
  const line = createProgressLine(() => performance.now());
  try {
    const data = await readLabelledData(flags.data, { size, channels, signal });
    const { real, test } = divided(data, seed, flags.data);
    const plan = planOf(flags, data);
    const directory = resolve(flags.out);
    let gauge:
      | { readonly of: string; readonly describe: (done: number, total: number) => string }
      | undefined;
    const rounds = await goThroughRounds({
      ...flags,
      directory,
      real,
      test,
      plan,
      signal,
      onProgress(round, what, done, total) {
        const of = `${round} ${what}`;
        if (gauge?.of !== of) {
          gauge = { of, describe: createGauge(() => performance.now() / 1000, { name: what, size: 1 }) };
        }
        line.update(`round ${round} of ${flags.rounds}: ${gauge.describe(done, total)}`);
      },
      onRound: (round) => line.note(describeRound(round)),
    });
    line.done();
    const result = RETRAINING.resultOf({
      data: data.about,
      labels: [...data.images.classes],
      network: data.images.channels === 1 ? 'lenet' : 'convnet',
      encoding: flags.encoding,
      from: flags.from,
      seed,
      rounds: [...rounds],
    });
    const report = await writeResult(join(directory, 'report'), result);
    const figures = rounds.map(roundFigures);
    if (flags.json) printJson({ directory: flags.out, rounds: figures, report });
    else print(`${result.lede}\nThe figure is in ${typedPath(report)}`);
  } finally {
    interruption.release();
  }
}

function describeRound(round: Round): string {
  const { median, accuracy, trainedOn } = roundFigures(round);
  return `round ${round.round}: ${whole(trainedOn)} evolved images trained on, ${percent(accuracy)} of the real ones right, median confidence of the next ones ${confidence(median)}`;
}

function divided({ images, test }: LabelledData, seed: number, name: string) {
  if (test !== undefined) return { real: images, test };
  const { train, validation } = splitSet(images, TEST, seed);
  if (validation.count > 0) return { real: train, test: validation };
  throw new BadInputError({
    code: 'ERR_IMAGES',
    problem: `No class in ${name} has more than one picture, so that none can be kept for a test`,
    fix: 'Give more pictures',
  });
}

function planOf({ epochs, batch, rate, seed }: RetrainFlags, data: LabelledData): TrainingPlan {
  const { width, height, channels, classes } = data.images;
  const grey = channels === 1;
  return {
    network: NETWORKS[grey ? 'lenet' : 'convnet'](width, height, grey ? 1 : 3, classes.length),
    seed,
    batch,
    epochs,
    patience: 0,
    optimiser: 'adam',
    rate,
    decay: 0,
    smoothing: 0,
    augmentation: { shift: 0.07, rotation: 0, scale: 1, colour: 0, mirror: false, erase: 0 },
    normalisation: grey ? { scale: 1 / 255, offset: 0 } : { scale: 1 / 127.5, offset: -1 },
  };
}
