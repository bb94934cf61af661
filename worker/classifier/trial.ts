import { BadInputError } from '../../protocol/base/errors.js';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { Model } from '../model/model.js';
import { classCount, type OutputKind } from '../onnx/output-kind.js';
import { isDistribution } from './confidences.js';
import { TRIAL_IMAGES, VARIED_IMAGES, variedImages } from './trial-images.js';

/** How far from 1 a row of an 8-bit softmax may sum. */
const SUM_TOLERANCE = 1e-2;
/** How far beyond 0 … 1 rounding may push a sigmoid. */
const RANGE_TOLERANCE = 1e-5;

/** Raw scores that a network gives images of shape [count, …input]: shape [count, width]. */
type Score = (images: Float32Array, count: number) => Promise<Float32Array>;

/**
 * Whether a network's raw scores for the trial's images, shape [TRIAL_IMAGES, width], are those of a classifier, and of
 * the one that `model` tells of. Resolves to what they are: what is said, or, where nothing is, what their values show.
 * `score` is asked for more; `name` is what errors call the network. Rejects with a {@link BadInputError}: `ERR_LABELS`
 * for another number of classes than labels, `ERR_CARD` for scores that cannot be what is said, `ERR_MODEL_RUN` for
 * scores that are not finite, `ERR_MODEL_BLIND` for scores that do not depend on the picture.
 */
export async function checkTrial(
  scores: Float32Array,
  score: Score,
  model: Pick<Model, 'labels' | 'output' | 'input'>,
  name: string,
): Promise<OutputKind> {
  const kind = checkScores(scores, model, name);
  await refuseBlind(scores, score, model.input, name);
  return kind;
}

function checkScores(
  scores: Float32Array,
  { labels, output }: Pick<Model, 'labels' | 'output'>,
  name: string,
): OutputKind {
  const width = scores.length / TRIAL_IMAGES;
  if (!Number.isInteger(width)) {
    throw new BadInputError({
      code: 'ERR_MODEL_RUN',
      problem: `${name} gives ${scores.length} scores for ${TRIAL_IMAGES} pictures, which is not one row for each`,
      fix: 'Give a network that classifies each picture of a batch by itself',
    });
  }
  const classes = classCount(width);
  if (classes !== labels.length) {
    throw new BadInputError({
      code: 'ERR_LABELS',
      problem: `${name} has ${classes} classes, but there are ${labels.length} labels`,
      fix: 'Give the labels of this network, one for each class',
    });
  }
  if (!scores.every(Number.isFinite)) {
    throw new BadInputError({
      code: 'ERR_MODEL_RUN',
      problem: `${name} gives NaN or infinity for a picture of noise`,
      fix: 'Check --preprocess or the normalisation in its card, or give another model',
    });
  }
  const shown = kindShown(scores, width);
  if (output === undefined) return shown;
  if (!contradicts(output, shown, width)) return output;
  throw new BadInputError({
    code: 'ERR_CARD',
    problem: `The outputs of ${name} are not ${output}: ${REASONS[shown](width)}`,
    fix: `Give --output ${shown}, or say output: ${shown} in its card`,
  });
}

const REASONS: Readonly<Record<OutputKind, (width: number) => string>> = {
  softmax: () => 'each row is between 0 and 1 and adds up to 1',
  sigmoid: (width) =>
    `${width === 1 ? 'they are' : 'each is'} between 0 and 1${width === 1 ? '' : ' and a row does not add up to 1'}`,
  logits: (width) => (width === 1 ? 'they leave 0…1' : 'a row does not add up to 1'),
  'sigmoid-logits': () => 'they leave 0…1',
};

/** The kind of output that the values alone show. Logits of a network that tells images apart do not all happen to lie in 0 … 1. */
function kindShown(scores: Float32Array, width: number): OutputKind {
  if (width > 1 && isDistribution(scores, width, SUM_TOLERANCE)) return 'softmax';
  const within = scores.every((score) => score >= -RANGE_TOLERANCE && score <= 1 + RANGE_TOLERANCE);
  return within ? 'sigmoid' : 'logits';
}

function contradicts(said: OutputKind, shown: OutputKind, width: number): boolean {
  switch (said) {
    case 'softmax':
      return shown !== 'softmax';
    case 'sigmoid':
      return shown === 'logits';
    case 'logits':
      return shown === 'softmax' && width > 1;
    case 'sigmoid-logits':
      return shown === 'softmax';
  }
}

/**
 * Scores are alike for all pictures in a dead export, or where an engine computes zeros. A network that is sure of a
 * class may give it the first three, so more images decide.
 */
async function refuseBlind(
  scores: Float32Array,
  score: Score,
  spec: TensorSpec,
  name: string,
): Promise<void> {
  if (!alike(scores, TRIAL_IMAGES)) return;
  if (!alike(await score(variedImages(spec), VARIED_IMAGES), VARIED_IMAGES)) return;
  throw new BadInputError({
    code: 'ERR_MODEL_BLIND',
    problem: `${name} gives every picture the same scores, so no picture can fool it`,
    fix: 'Check that its weights are whole, or try another --engine or --device',
  });
}

/** Whether all rows are the same. */
function alike(scores: Float32Array, rows: number): boolean {
  const width = scores.length / rows;
  return scores.every((value, i) => value === scores[i % width]);
}
