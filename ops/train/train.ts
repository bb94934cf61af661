import { resolve } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import { NETWORK_NAMES, NETWORKS, type NetworkName } from '../../worker/training/network-plan.js';
import { openGradientSession } from '../../worker/training/onnx-session.js';
import { OPTIMISER_NAMES, type OptimiserName } from '../../worker/training/optimiser.js';
import { type LabelledData, readLabelledData } from '../../worker/training/read-images.js';
import { splitSet } from '../../worker/training/split.js';
import { trainFolder } from '../../worker/training/train-folder.js';
import type { TrainingPlan } from '../../worker/training/training-plan.js';
import { commandLine, typedPath } from '../cli/command-line.js';
import { followInterruption } from '../cli/interruption.js';
import { createMeter, IMAGES } from '../cli/meter.js';
import { print, printJson, say } from '../cli/output.js';
import type { TrainFlags } from '../commands/train.js';
import { describeEpoch } from './describe-epoch.js';
import { keepTraining } from './keep.js';

const PICTURES = { name: 'pictures', size: 1 };
const RATES: Readonly<Record<OptimiserName, number>> = { adam: 0.002, sgd: 0.02 };

/** What `atoll train` does. */
export async function train(flags: TrainFlags): Promise<void> {
  const interruption = followInterruption();
  const { signal } = interruption;
  try {
    const data = await read(flags, signal);
    const plan = planOf(flags, data);
    const { train, validation } = splitSet(data.images, flags.validation, flags.seed);
    if (validation.count === 0) {
      throw new BadInputError({
        code: 'ERR_IMAGES',
        problem: `No class in ${flags.data} has more than one picture, so that none can be kept for validation`,
        fix: 'Give more pictures',
      });
    }
    say(
      `training on ${train.count} images of ${train.classes.length} classes, ` +
        `${plan.network.width} × ${plan.network.height}; ${validation.count} for validation`,
    );
    const meter = createMeter(() => performance.now(), IMAGES);
    const trained = await trainFolder({
      plan,
      data: { train, validation },
      test: data.test,
      out: resolve(flags.out),
      restart: flags.restart,
      replace: flags.restart,
      format: flags.half ? 'float16' : 'float32',
      open: openGradientSession,
      signal,
      about: {
        source: `trained by Atoll, with ONNX Runtime: ${networkOf(flags, data)}`,
        data: data.about,
        rebuild: rebuildOf(flags),
        notes: `accuracy is the share of ${data.test?.count ?? validation.count} ${data.test === undefined ? 'validation' : 'test'} images that are right, none of which was trained on`,
      },
      onStep: ({ done, total }) => meter.update(done, total),
      onEpoch: ({ history }) => meter.note(describeEpoch(history, plan.epochs)),
    });
    meter.done();
    const measuredOn = data.test === undefined ? 'validation' : 'test';
    const { accuracy, epoch, history, bytes } = trained;
    const report = await keepTraining(trained, {
      network: { name: networkOf(flags, data), plan: plan.network },
      ...{ data: data.about, images: train.count, validation: validation.count },
      ...{ measuredOn, rebuild: rebuildOf(flags) },
    });
    if (flags.json) {
      printJson({
        directory: flags.out,
        accuracy,
        measuredOn,
        epoch,
        epochs: history.length,
        bytes,
        history,
        report,
      });
      return;
    }
    const percent = (100 * accuracy).toFixed(2);
    print(
      `${flags.out}: ${percent} % of the ${measuredOn} images are right, with the weights of epoch ${epoch} of ${history.length}. ` +
        `The figure is in ${typedPath(report)}. ` +
        `Type \`${commandLine(['up', '--model', flags.out])}\` to fool it.`,
    );
  } finally {
    interruption.release();
  }
}

async function read({ data, size, channels }: TrainFlags, signal: AbortSignal): Promise<LabelledData> {
  const meter = createMeter(() => performance.now(), PICTURES);
  const found = await readLabelledData(data, { size, channels, signal, onPicture: meter.update });
  meter.done();
  return found;
}

function networkOf({ network }: TrainFlags, { images }: LabelledData): NetworkName {
  const named = NETWORK_NAMES.find((name) => name === network);
  return named ?? (images.channels === 1 ? 'lenet' : 'convnet');
}

function planOf(flags: TrainFlags, data: LabelledData): TrainingPlan {
  const { width, height, channels, classes } = data.images;
  const grey = channels === 1;
  const optimiser = OPTIMISER_NAMES.find((name) => name === flags.optimiser) ?? 'adam';
  return {
    network: NETWORKS[networkOf(flags, data)](width, height, grey ? 1 : 3, classes.length),
    seed: flags.seed,
    batch: flags.batch,
    epochs: flags.epochs,
    patience: flags.patience,
    optimiser,
    rate: flags.rate ?? RATES[optimiser],
    decay: 0,
    smoothing: 0,
    augmentation: {
      shift: flags.shift,
      rotation: flags.rotation,
      scale: flags.scale,
      colour: flags.colour,
      mirror: flags.mirror,
      erase: 0,
    },
    normalisation: grey ? { scale: 1 / 255, offset: 0 } : { scale: 1 / 127.5, offset: -1 },
  };
}

/** The command that trains the same network again, with every flag that decides it. */
function rebuildOf(flags: TrainFlags): string {
  const { out: _out, restart: _restart, json: _json, data, mirror, half, ...rest } = flags;
  const valued = Object.entries(rest).map(([flag, value]) => ` --${flag} ${value}`);
  return `atoll train --data ${data}${valued.join('')}${mirror ? ' --mirror' : ''}${half ? ' --half' : ''}`;
}
