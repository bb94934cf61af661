import { BadInputError } from '../../protocol/errors.js';
import { resolveModel } from '../model/resolve.js';
import type { Classifier } from './classifier.js';
import { type OpenOptions, openClassifier } from './open.js';

/** Opens the model in a directory, which must be the run's. Rejects with a {@link BadInputError} when it is not. */
export async function openRunClassifier(
  directory: string,
  modelDigest: string,
  options: OpenOptions,
): Promise<Classifier> {
  const model = await resolveModel(directory, { longLabels: 'cut' });
  if (model.digest !== modelDigest) {
    throw new BadInputError({
      code: 'ERR_MODEL_DIGEST',
      problem: `The model in ${directory} is not the one that the run was started with`,
      fix: 'Restore that file',
    });
  }
  return openClassifier(model, options);
}
