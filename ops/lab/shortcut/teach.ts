import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import { DEFAULT_ENCODING } from '../../../protocol/encodings/names.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { openModel } from '../../../worker/classifier/open.js';
import { tensorOf } from '../../../worker/classifier/photo.js';
import { NO_AUGMENTATION } from '../../../worker/training/augmentation.js';
import { greatest } from '../../../worker/training/evaluation.js';
import { chosenImages, type ImageSet } from '../../../worker/training/image-set.js';
import type { NetworkPlan } from '../../../worker/training/network-plan.js';
import { openGradientSession } from '../../../worker/training/onnx-session.js';
import { trainFolder } from '../../../worker/training/train-folder.js';
import type { TrainingPlan } from '../../../worker/training/training-plan.js';
import { evolve } from '../../library/evolve.js';
import { pictureData } from '../images/picture-data.js';
import { keptScore } from '../results/kept-score.js';
import { ALTERATIONS, altered } from './alterations.js';
import type { ByAlteration, Lesson, LessonElite, LessonTraining } from './lesson.js';
import {
  CLASSES,
  COLOURINGS,
  type Colouring,
  drawSilhouettes,
  PICTURE,
  SIDE,
  SILHOUETTES,
} from './silhouettes.js';

/** How large a lesson is. */
export interface LessonRequest {
  readonly seed: number;
  /** Pictures that each network is trained on, and that accuracy is measured on. */
  readonly trainedOn: number;
  readonly heldOut: number;
  readonly epochs: number;
  readonly evolutions: number;
  /** Of each evolution. */
  readonly evaluations: number;
  /** Pictures trained on and evaluations done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Pictures of each class that are shown. */
const SHOWN = 4;
/** Pixels of a picture on the page: each of its own is a square of these. */
const SHOWN_SIDE = 96;

interface Pupil {
  readonly colouring: Colouring;
  readonly examples: ImageSet;
  readonly classifier: Classifier;
}

/**
 * Trains one network on pictures in which colour goes with the class, and one on pictures in which it does not; evolves images
 * for both; and changes pictures and images to see what the networks go by. The same request gives the same result on the same
 * engine. `onProgress` may throw to end it.
 */
export async function teach(request: LessonRequest): Promise<Lesson> {
  const { seed, trainedOn, heldOut, epochs, evolutions, evaluations, onProgress } = request;
  const total = COLOURINGS.length * (trainedOn * epochs + evolutions * evaluations);
  let before = 0;
  const work = (amount: number) => {
    const start = before;
    before += amount;
    return (done: number) => onProgress?.(start + Math.min(done, amount), total);
  };
  const pupils: Pupil[] = [];
  try {
    for (const colouring of COLOURINGS) {
      const examples = drawSilhouettes(
        trainedOn,
        CLASSES.length,
        colouring,
        randomFrom(seed, 'shortcut', colouring),
      );
      const classifier = await trained(examples, { seed, epochs }, work(trainedOn * epochs));
      pupils.push({ colouring, examples, classifier });
    }
    const test = drawSilhouettes(
      heldOut,
      SILHOUETTES.length,
      'accident',
      randomFrom(seed, 'shortcut', 'held out'),
    );
    const trainings: LessonTraining[] = [];
    for (const [i, pupil] of pupils.entries()) {
      const other = pupils[1 - i]?.classifier ?? pupil.classifier;
      const evolved: Evolved[] = [];
      for (let e = 0; e < evolutions; e++) {
        evolved.push(...(await evolveFor(pupil.classifier, seed + e, evaluations, work(evaluations))));
      }
      trainings.push(await examined(pupil, other, test, evolved, seed));
    }
    const sizes = { trainedOn, heldOut, epochs, evolutions, evaluations };
    return { seed, ...sizes, encoding: DEFAULT_ENCODING, trainings };
  } finally {
    for (const { classifier } of pupils) await classifier.close();
  }
}

const convolution = { kind: 'convolution', side: 3, padding: 'same' } as const;
/** Small, and with a mean over the picture, so that the place of what it sees counts for little. */
const NETWORK: NetworkPlan = {
  width: SIDE,
  height: SIDE,
  channels: 3,
  classes: CLASSES.length,
  standardised: false,
  layers: [
    { ...convolution, side: 5, channels: 12, stride: 2 },
    { ...convolution, channels: 24 },
    { kind: 'pool' },
    { ...convolution, channels: 32 },
    { kind: 'mean' },
  ],
};

async function trained(
  examples: ImageSet,
  { seed, epochs }: { readonly seed: number; readonly epochs: number },
  onDone: (done: number) => void,
): Promise<Classifier> {
  const plan: TrainingPlan = {
    network: NETWORK,
    seed,
    batch: 50,
    epochs,
    patience: 0,
    optimiser: 'adam',
    rate: 0.004,
    decay: 0,
    smoothing: 0,
    augmentation: NO_AUGMENTATION,
    normalisation: { scale: 1 / 127.5, offset: -1 },
  };
  const directory = await mkdtemp(join(tmpdir(), 'atoll-shortcut-'));
  try {
    const about = { source: 'atoll shortcut', data: 'drawn', rebuild: 'atoll shortcut', notes: '' };
    await trainFolder({
      plan,
      // Nobody looks at how it goes: as few pictures as may be.
      data: { train: examples, validation: chosenImages(examples, [0, 1, 2]) },
      out: directory,
      format: 'float32',
      replace: true,
      open: openGradientSession,
      about,
      onStep: ({ done }) => onDone(done),
    });
    return (await openModel(directory, {}, { engine: 'onnx', device: 'cpu' })).classifier;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Evolved {
  readonly classId: number;
  readonly seed: number;
  readonly pixels: Pixels;
}

async function evolveFor(
  classifier: Classifier,
  seed: number,
  evaluations: number,
  onDone: (done: number) => void,
): Promise<Evolved[]> {
  const budget = { evaluations, cost: 0, minutes: 0, targetMedian: 0 };
  const evolution = evolve({ classifier, encoding: DEFAULT_ENCODING, seed, budget });
  for await (const { totals } of evolution) onDone(totals.evaluations);
  const drawer = loadDrawer();
  const elites = [...evolution.archive.elites()].filter(({ classId }) => classId < SILHOUETTES.length);
  return elites.map(({ classId, candidate }) => ({
    classId,
    seed,
    pixels: copied(drawFor(drawer, candidate.genome, { width: SIDE, height: SIDE, grey: false })),
  }));
}

/** The drawer writes over what it gave. */
function copied(pixels: Pixels): Pixels {
  return { ...pixels, data: Uint8Array.from(pixels.data) };
}

async function examined(
  { colouring, examples, classifier }: Pupil,
  other: Classifier,
  test: ImageSet,
  evolved: readonly Evolved[],
  seed: number,
): Promise<LessonTraining> {
  const accuracy = await byAlteration(async (alteration) => {
    const random = randomFrom(seed, 'shortcut', 'blocks of held out');
    let right = 0;
    for (let i = 0; i < test.count; i++) {
      const row = await confidences(classifier, altered(pictureOf(test, i), alteration, random));
      right += Number(greatest(row) === test.labels[i]);
    }
    return right / test.count;
  });
  const elites: LessonElite[] = [];
  for (const each of evolved) elites.push(await scored(each, classifier, other));
  return { colouring, examples: await examplesOf(examples), accuracy, elites, shown: await changed(evolved) };
}

/** One class after the other: the mean over so many orders of the blocks. */
const ORDERS = 8;

async function scored(
  { classId, seed, pixels }: Evolved,
  classifier: Classifier,
  other: Classifier,
): Promise<LessonElite> {
  const of = async (network: Classifier, picture: Pixels) =>
    (await confidences(network, picture))[classId] as number;
  const confidence = await byAlteration(async (alteration) => {
    const random = randomFrom(seed, 'shortcut', 'blocks', classId);
    const orders = alteration === 'shuffled' ? ORDERS : 1;
    let sum = 0;
    for (let i = 0; i < orders; i++) sum += await of(classifier, altered(pixels, alteration, random));
    return keptScore(sum / orders);
  });
  const picture = await pictureData(pixels, SHOWN_SIDE);
  return { classId, seed, picture, confidence, other: keptScore(await of(other, pixels)) };
}

async function byAlteration(
  measure: (alteration: keyof ByAlteration) => Promise<number>,
): Promise<ByAlteration> {
  return {
    plain: await measure('plain'),
    grey: await measure('grey'),
    swapped: await measure('swapped'),
    shuffled: await measure('shuffled'),
  };
}

async function confidences(classifier: Classifier, { data }: Pixels): Promise<Float32Array> {
  return classifier.classify(tensorOf(data, classifier.input), 1);
}

function pictureOf({ pixels }: ImageSet, i: number): Pixels {
  return { width: SIDE, height: SIDE, channels: 3, data: pixels.subarray(i * PICTURE, (i + 1) * PICTURE) };
}

async function examplesOf(set: ImageSet): Promise<LessonTraining['examples']> {
  const first = Array.from(set.labels.subarray(0, SHOWN * CLASSES.length), (_, i) => i);
  const shown = first.filter((i) => (set.labels[i] as number) < SILHOUETTES.length);
  return Promise.all(
    shown.map(async (i) => ({
      classId: set.labels[i] as number,
      picture: await pictureData(pictureOf(set, i), SHOWN_SIDE),
    })),
  );
}

/** The first elite of each class, with each change. */
async function changed(evolved: readonly Evolved[]): Promise<LessonTraining['shown']> {
  const firsts = SILHOUETTES.flatMap((_, classId) => evolved.find((each) => each.classId === classId) ?? []);
  return Promise.all(
    firsts.map(async ({ classId, seed, pixels }) => ({
      classId,
      altered: await Promise.all(
        ALTERATIONS.map((alteration) => {
          const random = randomFrom(seed, 'shortcut', 'blocks', classId);
          return pictureData(altered(pixels, alteration, random), SHOWN_SIDE);
        }),
      ),
    })),
  );
}
