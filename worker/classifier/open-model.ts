import type { Model } from '../model/model.js';
import { outputNote } from '../model/notes.js';
import { type ModelOverrides, resolveModel } from '../model/resolve.js';
import type { Classifier } from './classifier.js';
import { type OpenOptions, openClassifier } from './open.js';

/** A model and the classifier that it was opened as. */
export interface OpenedModel {
  /** All that is known of it, what only a trial shows too. */
  readonly model: Model;
  readonly classifier: Classifier;
}

/** Finds a model (see {@link resolveModel}) and opens it (see {@link openClassifier}). */
export async function openModel(
  reference: string,
  overrides: ModelOverrides,
  options: OpenOptions,
): Promise<OpenedModel> {
  const model = await resolveModel(reference, overrides);
  const classifier = await openClassifier(model, options);
  if (model.output !== undefined) return { model, classifier };
  const { output } = classifier;
  return { model: { ...model, output, notes: [...model.notes, outputNote(model.name, output)] }, classifier };
}
