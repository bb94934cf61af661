import { BadInputError } from '../../protocol/errors.js';
import type { Model } from '../model/model.js';
import { resolveModel } from '../model/resolve.js';
import type { Classifier } from './classifier.js';
import { type OpenOptions, openClassifier } from './open.js';

/** Opens the model in a directory, which must be the run's. Rejects with a {@link BadInputError} when it is not. */
export async function openRunClassifier(
  directory: string,
  modelDigest: string,
  options: OpenOptions,
): Promise<Classifier> {
  return openClassifier(await resolveRunModel(directory, modelDigest), options);
}

/** The model in a directory, which must be the run's. Rejects with a {@link BadInputError} when it is not. */
export async function resolveRunModel(directory: string, modelDigest: string): Promise<Model> {
  const model = await resolveModel(directory, { longLabels: 'cut' });
  if (model.digest === modelDigest) return model;
  throw new BadInputError({
    code: 'ERR_MODEL_DIGEST',
    problem: `The model in ${directory} is not the one that the run was started with`,
    fix: 'Put the files of that model back',
  });
}
