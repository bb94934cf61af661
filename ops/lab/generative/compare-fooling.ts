import type { Pixels } from '../../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { drawFor } from '../../../protocol/drawing/sight.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { tensorOf } from '../../../worker/classifier/photo.js';
import { greatest } from '../../../worker/training/evaluation.js';
import type { ImageSet } from '../../../worker/training/image-set.js';
import { evolve } from '../../library/evolve.js';
import { pictureData } from '../images/picture-data.js';
import { keptScore } from '../results/kept-score.js';
import { quantile, sorted } from '../statistics/quantile.js';
import { chooseModel } from './choose-model.js';
import type { Fooling, Group, GroupName, JudgedImage } from './fooling.js';
import { createGenerativeClassifier } from './generative-classifier.js';
import { bayes, densest, type GenerativeModel, judgeOf } from './generative-model.js';

/** An image and the class that it was made for. */
export interface MadeImage {
  readonly classId: number;
  readonly pixels: Pixels;
}

export interface ComparisonRequest {
  readonly about: string;
  readonly network: string;
  readonly labels: readonly string[];
  /** Takes grey images of the size of the sets. */
  readonly classifier: Classifier;
  readonly train: ImageSet;
  readonly heldOut: ImageSet;
  readonly test: ImageSet;
  /** Images evolved against the network before; absent: they are evolved here. */
  readonly run?: { readonly name: string; readonly images: readonly MadeImage[] };
  readonly encoding: Encoding;
  readonly evaluations: number;
  readonly seed: number;
  /** May throw to end it. */
  readonly onStep: (done: number, total: number) => void;
}

/** Share of the held-out images that the threshold rejects. */
const REJECTED = 0.01;
/** Test images whose densities are kept. */
const KEPT = 1000;
/** Of the progress: thousandths that fitting takes, and each of three evolutions. */
const STEPS = { all: 1000, fitting: 700, evolution: 100 } as const;

/** Fits the generative model, evolves against network and model, and has all images judged by both. */
export async function compareFooling(request: ComparisonRequest): Promise<Fooling> {
  const { classifier, train, heldOut, test, seed, run, encoding, evaluations, labels, onStep } = request;
  const { width, height } = classifier.input;
  const { model, trials, densities } = await chooseModel(train, heldOut, seed, (done, total) =>
    onStep(Math.round((STEPS.fitting * done) / total), STEPS.all),
  );
  const threshold = quantile(sorted(densities), REJECTED);
  const against = async (target: Classifier, turn: number): Promise<MadeImage[]> =>
    evolved(request, target, (share) =>
      onStep(Math.round(STEPS.fitting + STEPS.evolution * (turn + share)), STEPS.all),
    );
  const modelled = (limit: number) =>
    createGenerativeClassifier({ model, view: { width, height }, threshold: limit });
  const made: Readonly<Record<GroupName, readonly MadeImage[]>> = {
    network: run?.images ?? (await against(classifier, 0)),
    bayes: await against(modelled(Number.NEGATIVE_INFINITY), 1),
    threshold: await against(modelled(threshold), 2),
    densest: labels.map((_, classId) => densestImage(model, classId, width, height)),
  };
  const groups: Group[] = [];
  for (const name of ['network', 'bayes', 'threshold', 'densest'] as const) {
    const images: JudgedImage[] = [];
    for (const each of made[name]) images.push(await judged(each, classifier, model, threshold));
    groups.push({ name, images });
  }
  const tested = await testImages(test, classifier, model, threshold);
  return {
    data: request.about,
    labels: [...labels],
    network: request.network,
    ...(run && { run: run.name }),
    seed,
    encoding,
    evaluations,
    trainedOn: train.count,
    heldOut: heldOut.count,
    tested: test.count,
    trials: [...trials],
    threshold,
    ...tested,
    groups,
  };
}

async function evolved(
  { encoding, evaluations, seed }: ComparisonRequest,
  classifier: Classifier,
  onShare: (share: number) => void,
): Promise<MadeImage[]> {
  const budget = { evaluations, cost: 0, minutes: 0, targetMedian: 0 };
  const evolution = evolve({ classifier, encoding, seed, budget });
  for await (const { totals } of evolution) onShare(Math.min(1, totals.evaluations / evaluations));
  const { width, height } = classifier.input;
  const drawer = loadDrawer();
  return [...evolution.archive.elites()].map(({ classId, candidate }) => {
    const pixels = drawFor(drawer, candidate.genome, { width, height, grey: true });
    return { classId, pixels: { ...pixels, data: Uint8Array.from(pixels.data) } };
  });
}

function densestImage(model: GenerativeModel, classId: number, width: number, height: number): MadeImage {
  const values = densest(model, classId);
  const data = Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  return { classId, pixels: { width, height, channels: 1, data } };
}

async function judged(
  { classId, pixels }: MadeImage,
  classifier: Classifier,
  model: GenerativeModel,
  threshold: number,
): Promise<JudgedImage> {
  const row = new Float32Array(classifier.classes);
  const judgement = judgeOf(model)(unit(pixels.data));
  bayes(judgement, Number.NEGATIVE_INFINITY, row);
  const named = greatest(row) === classId;
  const alone = keptScore(row[classId] as number);
  bayes(judgement, threshold, row);
  const network = await classifier.classify(tensorOf(pixels.data, classifier.input), 1);
  return {
    classId,
    picture: await pictureData(pixels, 112),
    network: keptScore(network[classId] as number),
    bayes: alone,
    withThreshold: keptScore(row[classId] as number),
    named,
    margin: judgement.density - threshold,
  };
}

/** How often each names real images rightly, and how likely the model finds them. */
async function testImages(
  test: ImageSet,
  classifier: Classifier,
  model: GenerativeModel,
  threshold: number,
): Promise<Pick<Fooling, 'accuracy' | 'rejected' | 'margins'>> {
  const size = test.width * test.height;
  const judge = judgeOf(model);
  const row = new Float32Array(classifier.classes);
  const margins: number[] = [];
  const right = { network: 0, bayes: 0 };
  for (let i = 0; i < test.count; i++) {
    const bytes = test.pixels.subarray(i * size, (i + 1) * size);
    const judgement = judge(unit(bytes));
    bayes(judgement, Number.NEGATIVE_INFINITY, row);
    const network = await classifier.classify(tensorOf(bytes, classifier.input), 1);
    right.bayes += Number(greatest(row) === test.labels[i]);
    right.network += Number(greatest(network) === test.labels[i]);
    margins.push(judgement.density - threshold);
  }
  const accuracy = { network: right.network / test.count, bayes: right.bayes / test.count };
  const every = Math.max(1, Math.floor(test.count / KEPT));
  return {
    accuracy,
    rejected: margins.filter((margin) => margin < 0).length / test.count,
    margins: margins.filter((_, i) => i % every === 0).slice(0, KEPT),
  };
}

function unit(bytes: Uint8Array): Float64Array {
  return Float64Array.from(bytes, (byte) => byte / 255);
}
