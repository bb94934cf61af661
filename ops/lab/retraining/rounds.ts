import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInputError } from '../../../protocol/base/errors.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import { writeFileAtomic } from '../../../protocol/files/atomic.js';
import { explainWriting } from '../../../protocol/files/write-errors.js';
import { openModel } from '../../../worker/classifier/open.js';
import { readArrays, writeArrays } from '../../../worker/training/array-file.js';
import { differenceOf, type Identity, identityOf } from '../../../worker/training/checkpoint.js';
import type { ImageSet } from '../../../worker/training/image-set.js';
import { openGradientSession } from '../../../worker/training/onnx-session.js';
import { splitSet } from '../../../worker/training/split.js';
import { trainFolder } from '../../../worker/training/train-folder.js';
import { accuracyOfFile, CARD_FILE, NETWORK_FILE } from '../../../worker/training/trained-network.js';
import type { TrainingPlan } from '../../../worker/training/training-plan.js';
import { withEvolved } from './class-of-evolved.js';
import { evolveImages } from './evolve-images.js';
import { checkRound, type Round } from './retraining.js';

/** What an experiment of retraining is; everything but the number of rounds stays the same when it goes on. */
export interface RetrainingRequest {
  /** Holds a folder for each round. */
  readonly directory: string;
  readonly real: ImageSet;
  /** Real images that accuracy is measured on. */
  readonly test: ImageSet;
  /** How each round's network is trained; its seed is of the first one. */
  readonly plan: TrainingPlan;
  readonly from: 'previous' | 'fresh';
  readonly encoding: Encoding;
  /** Evolutions a round, evaluations of each, and images that they give the next round at most. */
  readonly evolutions: number;
  readonly evaluations: number;
  readonly images: number;
  /** Rounds after the first network. */
  readonly rounds: number;
  readonly signal?: AbortSignal | undefined;
  /** `what` is trained or evolved in a round, and how much of it is done. */
  readonly onProgress?: (round: number, what: 'images' | 'evaluations', done: number, total: number) => void;
  /** After each round, also those that were there. */
  readonly onRound?: (round: Round) => void;
}

const ROUND = 'round.json';
const EVOLVED = 'evolved.bin';
const WEIGHTS = 'weights.bin';
const IDENTITY = 'retraining.json';
/** Share of the training images by which a round's training is watched. */
const VALIDATION = 0.02;
const SEEDS_A_ROUND = 1000;

/**
 * Goes through the rounds, from the first that is not whole on disk: a round whose `round.json` is there is done, and whatever
 * kills the process, the rest comes out as it would have. Rejects with a {@link BadInputError} (`ERR_CHECKPOINT`) where the
 * directory holds another experiment, and with an InterruptedError once `signal` is aborted.
 */
export async function goThroughRounds(request: RetrainingRequest): Promise<readonly Round[]> {
  await mkdir(request.directory, { recursive: true }).catch((error: unknown) => {
    throw explainWriting(error, request.directory);
  });
  await checkIdentity(request);
  const rounds: Round[] = [];
  const evolved: Uint8Array[] = [];
  for (let index = 0; index <= request.rounds; index++) {
    const known = await readRound(request, index);
    const round = known ?? (await doRound(request, index, evolved));
    evolved.push(...(await readEvolved(request, index)));
    rounds.push(round);
    request.onRound?.(round);
  }
  return rounds;
}

/** The folder of a round: `round-03`. */
export function roundDirectory(directory: string, index: number): string {
  return join(directory, `round-${String(index).padStart(2, '0')}`);
}

async function doRound(
  request: RetrainingRequest,
  index: number,
  evolved: readonly Uint8Array[],
): Promise<Round> {
  const { plan, encoding, evolutions, evaluations, images, onProgress, signal } = request;
  const directory = roundDirectory(request.directory, index);
  const planned = { ...plan, seed: plan.seed * SEEDS_A_ROUND + index };
  planned.network = { ...plan.network, classes: request.real.classes.length + 1 };
  // Not there: the round has still to be trained.
  if ((await stat(join(directory, CARD_FILE)).catch(() => undefined)) === undefined) {
    await trainRound(request, planned, index, evolved);
  }
  const bytes = await readFile(join(directory, NETWORK_FILE));
  const accuracy = await accuracyOfFile(bytes, planned, request.test);
  const { classifier } = await openModel(directory, {}, { engine: 'onnx', device: 'cpu' });
  try {
    const found = await evolveImages({
      classifier,
      encoding,
      seeds: Array.from({ length: evolutions }, (_, i) => planned.seed * SEEDS_A_ROUND + i),
      evaluations,
      keep: images,
      random: randomFrom(planned.seed, 'retraining', 'kept'),
      onEvaluation: (done, total) => onProgress?.(index, 'evaluations', done, total),
      signal,
    });
    const kept = found.images.map((image) => Float32Array.from(image));
    await writeArrays(join(directory, EVOLVED), { round: index }, kept);
    const round: Round = {
      round: index,
      trainedOn: evolved.length,
      accuracy,
      confidences: found.confidences.map((each) => [...each]),
      evaluations,
      kept: kept.length,
    };
    await writeFileAtomic(join(directory, ROUND), `${JSON.stringify(round)}\n`);
    return round;
  } finally {
    await classifier.close();
  }
}

async function trainRound(
  request: RetrainingRequest,
  plan: TrainingPlan,
  index: number,
  evolved: readonly Uint8Array[],
): Promise<void> {
  const { from, real, test, onProgress, signal } = request;
  const directory = roundDirectory(request.directory, index);
  const data = splitSet(withEvolved(real, evolved), VALIDATION, plan.seed);
  const previous = index > 0 && from === 'previous';
  const start = previous
    ? (await readArrays(join(roundDirectory(request.directory, index - 1), WEIGHTS)))?.arrays
    : undefined;
  await trainFolder({
    plan,
    data,
    test,
    out: directory,
    format: 'float32',
    open: openGradientSession,
    // A card is written last, so that what else is there is of a training that was cut off.
    replace: true,
    ...(start && { start }),
    weightsFile: WEIGHTS,
    about: {
      source: `trained by Atoll, with ONNX Runtime, in round ${index} of an experiment of retraining`,
      data: `${real.count} real images, and ${evolved.length} evolved ones as the class "none of these"`,
      rebuild: 'atoll retrain',
      notes: `accuracy is the share of ${test.count} real test images that are right`,
    },
    onStep: ({ done, total }) => onProgress?.(index, 'images', done, total),
    signal,
  });
}

async function readRound({ directory }: RetrainingRequest, index: number): Promise<Round | undefined> {
  const path = join(roundDirectory(directory, index), ROUND);
  // Not there: the round is not done.
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : checkRound(JSON.parse(text));
}

async function readEvolved({ directory }: RetrainingRequest, index: number): Promise<Uint8Array[]> {
  const file = await readArrays(join(roundDirectory(directory, index), EVOLVED));
  return (file?.arrays ?? []).map((each) => Uint8Array.from(each));
}

/** The directory is of this experiment, or it is new, and says so from now on. */
async function checkIdentity(request: RetrainingRequest): Promise<void> {
  const { directory, real, test, plan, from, encoding, evolutions, evaluations, images } = request;
  const wanted: Identity = {
    ...identityOf(plan, { training: real, test }),
    ...Object.fromEntries(
      Object.entries({ from, encoding, evolutions, evaluations, images }).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
  };
  const path = join(directory, IDENTITY);
  // Not there: the experiment begins.
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    await writeFileAtomic(path, `${JSON.stringify(wanted, undefined, 1)}\n`);
    return;
  }
  const difference = differenceOf(JSON.parse(text) as Identity, wanted);
  if (difference === undefined) return;
  throw new BadInputError({
    code: 'ERR_CHECKPOINT',
    problem: `${directory} holds another experiment of retraining: ${difference}`,
    fix: 'Give the options that it began with, or another --out',
  });
}
