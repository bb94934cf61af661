import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import type { Size } from '../../onnx/graph.js';
import { inputShape, type Network, rowWidth, shapeText } from '../../onnx/network.js';
import { ELEMENT } from '../../onnx/tensor.js';
import type { TfjsModel } from '../../tfjs/files.js';

/** A network in TensorFlow.js, layers or graph: both are run alike. */
export interface TfjsNetwork {
  /** What it says of itself, in the words in which ONNX files are described. */
  readonly description: Network;
  /** The scores that output `index` gives for the images in `input`; the caller disposes of them. */
  run(input: tf.Tensor, index: number): Promise<tf.Tensor>;
  /** The same at once, so that it can be differentiated. Throws where the network has control flow. */
  runNow(input: tf.Tensor, index: number): tf.Tensor;
  dispose(): void;
}

/**
 * Loads a model on the backend that is in use; `name` is what errors call it. Rejects with a {@link BadInputError}
 * (`ERR_MODEL_OPEN`) when TensorFlow.js cannot make a network of it.
 */
export async function loadNetwork(files: TfjsModel, name: string): Promise<TfjsNetwork> {
  try {
    return files.format === 'graph' ? await loadGraph(files, name) : await loadLayers(files, name);
  } catch (cause) {
    if (cause instanceof BadInputError) throw cause;
    throw new BadInputError({
      code: 'ERR_MODEL_OPEN',
      problem: `TensorFlow.js cannot run ${name} (${messageOf(cause)})`,
      fix: 'Export the model again, or give another',
      cause,
    });
  }
}

async function loadLayers(files: TfjsModel, name: string): Promise<TfjsNetwork> {
  const model = await loadLayersModel(handlerOf(files));
  const { inputs, outputs, outputNames } = model;
  // A Sequential has no names of outputs: its last layer's serves, as in the conversion.
  const named = outputs.map(({ shape, sourceLayer }, i) => ({
    name: outputNames?.[i] || sourceLayer.name,
    shape,
  }));
  const runNow = (input: tf.Tensor, index: number) =>
    pick([model.predict(input, { batchSize: input.shape[0] ?? 1 })].flat(), index);
  return {
    description: orDispose(model, () => describe(inputs, named, name)),
    run: async (input, index) => tf.tidy(() => runNow(input, index)),
    runNow,
    dispose: () => {
      model.dispose();
    },
  };
}

async function loadGraph(files: TfjsModel, name: string): Promise<TfjsNetwork> {
  const model = await loadGraphModel(handlerOf(files));
  let asynchronous = false;
  const runNow = (input: tf.Tensor, index: number) =>
    pick([model.execute(input, model.outputs[index]?.name ?? '')].flat(), 0);
  return {
    description: orDispose(model, () => describe(model.inputs, model.outputs, name)),
    async run(input, index) {
      const output = model.outputs[index]?.name ?? '';
      if (!asynchronous) {
        try {
          return runNow(input, index);
        } catch (error) {
          // Control flow can only be run asynchronously, and nothing else can be without a warning.
          if (!messageOf(error).includes('executeAsync')) throw error;
          asynchronous = true;
        }
      }
      return pick([await model.executeAsync(input, output)].flat(), 0);
    },
    runNow,
    dispose: () => {
      model.dispose();
    },
  };
}

function orDispose<T>(model: { dispose(): unknown }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    model.dispose();
    throw error;
  }
}

interface NamedShape {
  readonly name: string;
  readonly shape?: readonly (number | null)[] | undefined;
  readonly dtype?: string;
}

function describe(inputs: readonly NamedShape[], outputs: readonly NamedShape[], name: string): Network {
  const [input] = inputs;
  const dims = input?.shape && sizesOf(input.shape);
  const shapes = outputs.map(({ shape }) => shape && sizesOf(shape));
  const shape = dims && inputShape(dims, shapes);
  if (input === undefined || inputs.length !== 1 || shape === undefined) {
    const list = inputs.map((each) => shapeText(each.shape && sizesOf(each.shape))).join(', ');
    throw new BadInputError({
      code: 'ERR_NOT_CLASSIFIER',
      problem: `${name} does not take one tensor of images: ${list === '' ? 'it has no inputs' : `its inputs are ${list}`}`,
      fix: 'Give a classifier of images',
    });
  }
  const rows = outputs.flatMap((output) => {
    const width = rowWidth(output.shape && sizesOf(output.shape), shape.batch);
    // Nothing says what the scores are; what is said of the model is compared with them.
    return [{ name: output.name, width: width === 'none' ? undefined : width, kind: undefined }];
  });
  const element = input.dtype === 'int32' ? ELEMENT.int32 : ELEMENT.float;
  return { input: { name: input.name, element, ...shape }, outputs: rows };
}

function sizesOf(shape: readonly (number | null)[]): Size[] {
  return shape.map((size) => (size === null || size < 0 ? undefined : size));
}

function pick(outputs: readonly tf.Tensor[], index: number): tf.Tensor {
  const output = outputs[index];
  if (output === undefined) throw new Error(`the network gave ${outputs.length} outputs`);
  return output;
}

/** The handler that TensorFlow.js's loaders take instead of a path. */
function handlerOf({ json, specs, data }: TfjsModel): tf.io.IOHandler {
  const artifacts: tf.io.ModelArtifacts = {
    ...json,
    weightSpecs: specs.map((spec) => ({ ...spec }) as tf.io.WeightsManifestEntry),
    weightData: data.buffer,
  };
  return { load: async () => artifacts };
}
