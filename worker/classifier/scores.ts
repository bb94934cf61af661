import { BadInputError } from '../../protocol/errors.js';
import type { Model } from '../model/model.js';
import { isDistribution } from './softmax.js';

/** How far from 1 a row of an 8-bit softmax may sum. */
const SUM_TOLERANCE = 1e-2;

/**
 * Compares a network's raw scores for a few unlike images, shape [images, classes], with what is said of the network.
 * Throws a {@link BadInputError}: `ERR_LABELS` for another number of classes than labels, `ERR_CARD` for a softmax
 * where logits are said or the reverse, `ERR_MODEL_RUN` for scores that are not finite. `name` is what errors call it.
 */
export function checkScores(scores: Float32Array, images: number, model: Model, name: string): void {
  const classes = scores.length / images;
  if (classes !== model.labels.length) {
    throw new BadInputError({
      code: 'ERR_LABELS',
      expected: `${classes} labels, one for each class of ${name}`,
      got: `${model.labels.length}`,
      fix: "give the network's own labels",
    });
  }
  if (!scores.every(Number.isFinite)) {
    throw new BadInputError({
      code: 'ERR_MODEL_RUN',
      expected: `${name} to give finite scores`,
      got: 'NaN or infinity for noise',
      fix: "check the card's normalisation, or give another model",
    });
  }
  const found = isDistribution(scores, classes, SUM_TOLERANCE) ? 'softmax' : 'logits';
  if (found === model.output) return;
  throw new BadInputError({
    code: 'ERR_CARD',
    expected: `outputs that are ${model.output}, as is said of ${name}`,
    got: found === 'softmax' ? 'rows that sum to 1' : 'rows that do not sum to 1',
    fix: `say output: ${found} in its card`,
  });
}
