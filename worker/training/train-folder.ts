import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import { explainWriting } from '../../protocol/files/write-errors.js';
import { writeArrays } from './array-file.js';
import { identityOf, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { bestEpoch, type EpochFigures } from './early-stopping.js';
import type { TrainingData } from './epoch.js';
import type { OpenGradientSession } from './gradient-session.js';
import type { ImageSet } from './image-set.js';
import type { WeightFormat } from './inference-graph.js';
import { type TrainingWatch, trainNetwork } from './train-network.js';
import { type About, accuracyOfFile, CARD_FILE, networkBytes, writeNetwork } from './trained-network.js';
import type { TrainingPlan } from './training-plan.js';
import { finalWeights, initialState } from './training-state.js';

/** A training whose result is a network in a directory. */
export interface FolderTraining extends TrainingWatch {
  readonly plan: TrainingPlan;
  readonly data: TrainingData;
  /** What the accuracy of the card is measured on: `test` images, else those that training was watched with. */
  readonly test?: ImageSet | undefined;
  /** Directory for the network and its card, and for the checkpoint in the meantime. */
  readonly out: string;
  /** Forget a checkpoint instead of going on from it. */
  readonly restart?: boolean;
  /** Replace a network that is there. */
  readonly replace?: boolean;
  /** Weights to start from instead of random ones. */
  readonly start?: readonly Float32Array[];
  readonly format: WeightFormat;
  /** Name of a file for the weights as they were trained, from which another training can start; default: none. */
  readonly weightsFile?: string;
  readonly open: OpenGradientSession;
  /** What the card says besides. */
  readonly about: Omit<About, 'name' | 'accuracy'> & { readonly name?: string };
}

/** What came of a training. */
export interface TrainedNetwork {
  readonly directory: string;
  /** Of the file that was written, on the test images, else on the validation images. */
  readonly accuracy: number;
  readonly history: readonly EpochFigures[];
  /** The epoch whose weights were taken, from 1. */
  readonly epoch: number;
  readonly bytes: number;
  /** As they were trained, in the order of weightShapes(plan.network). */
  readonly weights: readonly Float32Array[];
}

/**
 * Trains a network and writes it to `out`. An interrupted training goes on from its last whole epoch, to the same bytes.
 * Rejects with a {@link BadInputError} for a checkpoint of another training (`ERR_CHECKPOINT`) or a directory that holds a
 * network already (`ERR_NOT_WRITABLE`), and with an InterruptedError once `signal` is aborted.
 */
export async function trainFolder(training: FolderTraining): Promise<TrainedNetwork> {
  const { plan, data, test = data.validation, out, restart = false, format, about } = training;
  const checkpoint = join(out, 'checkpoint.bin');
  const identity = identityOf(plan, { training: data.train, validation: data.validation }, training.start);
  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw explainWriting(error, out);
  });
  const kept = restart ? undefined : await readCheckpoint(checkpoint, identity);
  if (!training.replace && kept === undefined) await refuseNetwork(out);
  const session = await training.open(plan.network, plan.batch);
  try {
    const state = await trainNetwork(plan, kept ?? initialState(plan, training.start), data, session, {
      ...training,
      async onEpoch(now) {
        await writeCheckpoint(checkpoint, identity, now);
        await training.onEpoch?.(now);
      },
    });
    const weights = finalWeights(plan, state);
    const bytes = networkBytes(plan, weights, format);
    if (training.weightsFile !== undefined) {
      await writeArrays(join(out, training.weightsFile), { epochs: state.history.length }, weights);
    }
    const accuracy = await accuracyOfFile(bytes, plan, test);
    const name = basename(out);
    await writeNetwork(out, bytes, plan, data.train.classes, { name, ...about, accuracy });
    await rm(checkpoint, { force: true });
    const { history } = state;
    const epoch = plan.patience > 0 ? bestEpoch(history) + 1 : history.length;
    return { directory: out, accuracy, history, epoch, bytes: bytes.length, weights };
  } finally {
    await session.close();
  }
}

async function refuseNetwork(out: string): Promise<void> {
  // Not there, as it should be.
  if ((await stat(join(out, CARD_FILE)).catch(() => undefined)) === undefined) return;
  throw new BadInputError({
    code: 'ERR_NOT_WRITABLE',
    problem: `${out} holds a network already`,
    fix: 'Give another --out, or replace it with --restart',
  });
}
