import { BadInputError } from '../../protocol/base/errors.js';
import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { ConstraintSpec } from '../../protocol/spec/constraint-spec.js';
import type { EngineName } from '../../protocol/spec/engine-names.js';
import { constrained } from '../constraints/constrained-classifier.js';
import type { LoadedModel, Model } from '../model/model.js';
import { outputNote } from '../model/notes.js';
import { loadModel, type ModelOverrides } from '../model/resolve.js';
import { readingsOf } from '../onnx/image-input.js';
import type { NetworkInput } from '../onnx/network.js';
import type { Classifier } from './classifier.js';

export interface OpenOptions {
  readonly engine: EngineName;
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`; which of them there are depends on the engine. */
  readonly device: string;
}

/** A model and the classifier that it was opened as. */
export interface OpenedModel {
  /** All that is known of it, what only a trial shows too. */
  readonly model: Model;
  readonly classifier: Classifier;
}

/** Finds a model (see {@link loadModel}) and opens it (see {@link openClassifier}). */
export async function openModel(
  reference: string,
  overrides: ModelOverrides,
  options: OpenOptions,
): Promise<OpenedModel> {
  const loaded = await loadModel(reference, overrides);
  const { model } = loaded;
  const classifier = await openClassifier(loaded, options);
  if (model.output !== undefined) return { model, classifier };
  const { output } = classifier;
  return { model: { ...model, output, notes: [...model.notes, outputNote(model.name, output)] }, classifier };
}

/**
 * Opens the model in a directory, which must be the run's, as the classifier that scores the run's images: under the
 * constraints of its spec. Rejects with a {@link BadInputError} when it is not the run's.
 */
export async function openRunClassifier(
  directory: string,
  run: { readonly modelDigest: string; readonly constraints: ConstraintSpec },
  options: OpenOptions,
): Promise<Classifier> {
  const classifier = await openClassifier(await loadRunModel(directory, run.modelDigest), options);
  return constrained(classifier, run.constraints);
}

/** The model in a directory, which must be the run's. Rejects with a {@link BadInputError} when it is not. */
export async function loadRunModel(directory: string, modelDigest: string): Promise<LoadedModel> {
  const loaded = await loadModel(directory, { longLabels: 'cut' });
  if (loaded.model.digest === modelDigest) return loaded;
  throw new BadInputError({
    code: 'ERR_MODEL_DIGEST',
    problem: `The model in ${directory} is not the one that the run was started with`,
    fix: 'Put the files of that model back',
  });
}

/**
 * Opens a model on an engine. TensorFlow.js models run on `onnx` too, converted when they are read.
 * Engines are loaded only when they are asked for. Rejects with a {@link BadInputError} for what cannot be opened.
 */
export async function openClassifier(
  { model, onnx, tfjs }: LoadedModel,
  { engine, device }: OpenOptions,
): Promise<Classifier> {
  if (engine === 'tensorflow') {
    if (tfjs === undefined) {
      throw new BadInputError({
        code: 'ERR_ENGINE',
        problem: `${model.name} is an ONNX file, which TensorFlow.js cannot run`,
        fix: 'Use --engine onnx',
      });
    }
    const { openTensorflow } = await import('./tensorflow/tensorflow.js');
    return openTensorflow(model, tfjs, { device });
  }
  if (onnx instanceof BadInputError) throw onnx;
  const { openOnnx } = await import('./onnx/onnx.js');
  if (tfjs === undefined) return openOnnx(model, onnx, { device });
  const input = { ...model.input, layout: layoutOf(onnx.input, model.input) };
  return openOnnx({ ...model, input }, onnx, { device });
}

/** The layout of a converted network, which need not be the one that its model.json has. */
function layoutOf({ dims }: NetworkInput, input: TensorSpec): TensorSpec['layout'] {
  const fitting = readingsOf(dims).find(
    ({ channels, width, height }) =>
      (channels ?? channelCount(input.channels)) === channelCount(input.channels) &&
      (width ?? input.width) === input.width &&
      (height ?? input.height) === input.height,
  );
  return fitting?.layout ?? input.layout;
}
