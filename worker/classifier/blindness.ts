import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { BadInputError } from '../../protocol/errors.js';
import { TRIAL_IMAGES, VARIED_IMAGES, variedImages } from './trial-images.js';

/**
 * Rejects with a {@link BadInputError} (`ERR_MODEL_BLIND`) when a network's scores do not depend on the picture: a dead
 * export, or an engine that computes zeros. `scores` are those of the trial, shape [TRIAL_IMAGES, width]. Where they are
 * alike, `score` is asked for those of more images: a network that is sure of a class may give it the first three.
 */
export async function refuseBlind(
  scores: Float32Array,
  score: (images: Float32Array, count: number) => Promise<Float32Array>,
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
