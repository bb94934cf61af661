import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { BadInputError, messageOf } from '../../../protocol/errors.js';
import { readTfjsModel, type TfjsModel } from './model-files.js';

/** A network in TensorFlow.js, layers or graph: both are run alike. */
export interface TfjsNetwork {
  /** Of the one input; null where it is open. */
  readonly inputShape: readonly (number | null)[];
  readonly outputNames: readonly string[];
  /** Scores of the images in `input`, one tensor an output; the caller disposes of them. */
  run(input: tf.Tensor): Promise<tf.Tensor[]>;
  dispose(): void;
}

/**
 * Loads a `model.json` and its shards on the backend that is in use. Rejects with a {@link BadInputError} when a file
 * is missing or broken (`ERR_MODEL_FILE`), or when TensorFlow.js cannot make a network of it (`ERR_MODEL_OPEN`).
 */
export async function loadNetwork(modelJson: string): Promise<TfjsNetwork> {
  const files = await readTfjsModel(modelJson);
  try {
    return files.format === 'graph' ? await loadGraph(files) : await loadLayers(files);
  } catch (cause) {
    if (cause instanceof BadInputError) throw cause;
    throw new BadInputError({
      code: 'ERR_MODEL_OPEN',
      expected: `${modelJson} to be a network that TensorFlow.js runs`,
      got: messageOf(cause),
      fix: 'export the model again, or give another',
      cause,
    });
  }
}

async function loadLayers(files: TfjsModel): Promise<TfjsNetwork> {
  const model = await loadLayersModel(handlerOf(files));
  return {
    inputShape: onlyInput(model.inputs).shape,
    outputNames: model.outputNames,
    run: async (input) => [tf.tidy(() => model.predict(input))].flat(),
    dispose: () => {
      model.dispose();
    },
  };
}

async function loadGraph(files: TfjsModel): Promise<TfjsNetwork> {
  const model = await loadGraphModel(handlerOf(files));
  const input = onlyInput(model.inputs);
  return {
    inputShape: input.shape ?? [],
    outputNames: model.outputs.map(({ name }) => name),
    // Control flow can only be run asynchronously; everything else is run the same way.
    run: async (input) => [await model.executeAsync(input)].flat(),
    dispose: () => {
      model.dispose();
    },
  };
}

function onlyInput<T>(inputs: readonly T[]): T {
  const [input, ...others] = inputs;
  if (input !== undefined && others.length === 0) return input;
  throw new BadInputError({
    code: 'ERR_NOT_CLASSIFIER',
    expected: 'a network that takes one tensor of images',
    got: `one with ${inputs.length} inputs`,
    fix: 'give an image classifier',
  });
}

/** What TensorFlow.js's loaders take instead of a path. */
function handlerOf({ json, specs, data }: TfjsModel): tf.io.IOHandler {
  const artifacts: tf.io.ModelArtifacts = {
    ...json,
    weightSpecs: specs.map((spec) => ({ ...spec }) as tf.io.WeightsManifestEntry),
    weightData: data.buffer,
  };
  return { load: async () => artifacts };
}
