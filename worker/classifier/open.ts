import { BadInputError } from '../../protocol/base/errors.js';
import { channelCount, type TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { EngineName } from '../../protocol/spec/engine-names.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import { constrained } from '../constraints/constrained-classifier.js';
import type { LoadedModel, Model } from '../model/model.js';
import { outputNote } from '../model/notes.js';
import { loadModel, type ModelOverrides } from '../model/resolve.js';
import { furtherDirectory } from '../objective/directory.js';
import { checkFurther } from '../objective/further.js';
import { type FurtherNetwork, joint } from '../objective/joint-classifier.js';
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

/** What of a run's spec says what its confidences are. */
export type ScoringSpec = Pick<RunSpec, 'modelDigest' | 'evolution' | 'objective'>;

/**
 * Opens the networks in a run's model directory as the classifier that scores the run's images: all networks of its
 * objective, under the constraints of its spec. Rejects with a {@link BadInputError} when one of them is not the run's.
 */
export async function openRunClassifier(
  directory: string,
  spec: ScoringSpec,
  options: OpenOptions,
): Promise<Classifier> {
  return openScoring(directory, await loadRunModel(directory, spec.modelDigest), spec, options);
}

/** As {@link openRunClassifier}, with the model itself loaded already. */
export async function openScoring(
  directory: string,
  model: LoadedModel,
  spec: ScoringSpec,
  options: OpenOptions,
): Promise<Classifier> {
  return constrained(
    await openNetworks(directory, model, spec.objective, options),
    spec.evolution.constraints,
  );
}

/** A run's networks as one, without constraints: `loaded` and those that lie beside it. */
export async function openNetworks(
  directory: string,
  loaded: LoadedModel,
  { digests, reduce }: RunSpec['objective'],
  options: OpenOptions,
): Promise<Classifier> {
  const first = await openClassifier(loaded, options);
  const further: FurtherNetwork[] = [];
  try {
    for (const [place, digest] of digests.entries()) {
      const other = await loadRunModel(furtherDirectory(directory, place), digest);
      const classes = checkFurther(loaded.model, other.model);
      further.push({ classifier: await openClassifier(other, options), classes });
    }
  } catch (error) {
    for (const { close } of [first, ...further.map(({ classifier }) => classifier)]) await close();
    throw error;
  }
  return joint(first, further, reduce);
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
