import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import { tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import type { Model } from '../../model/model.js';
import { checkInput, imageDims } from '../../onnx/image-input.js';
import { chooseOutput } from '../../onnx/network.js';
import type { OutputKind } from '../../onnx/output-kind.js';
import { ELEMENT } from '../../onnx/tensor.js';
import type { TfjsModel } from '../../tfjs/files.js';
import { type ClassGradient, type Classifier, checkClassIds } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { checkTrial } from '../trial.js';
import { TRIAL_IMAGES, trialImages } from '../trial-images.js';
import { type Backend, startBackend } from './backend.js';
import { inBatches, rows } from './batches.js';
import { differentiate } from './gradient.js';
import { loadNetwork, type TfjsNetwork } from './network.js';

export interface TensorflowOptions {
  /** `auto`, `cuda`, `cuda:N`, `webgpu` or `cpu`; see {@link startBackend}. */
  readonly device: string;
}

/** Images a call: enough to keep a GPU busy, and on a CPU no more than its caches hold. */
const GPU_BATCH = 64;
const CPU_BATCH = 8;

/**
 * Opens a TensorFlow.js model, layers or graph, on the backend of a device. The backend is the whole process's: models
 * opened on two devices in one process take turns. Rejects with a {@link BadInputError} when the device is unknown or
 * absent, when the network is no classifier, or when it contradicts what is said of the model.
 */
export async function openTensorflow(
  model: Model,
  tfjs: TfjsModel,
  { device }: TensorflowOptions,
): Promise<Classifier> {
  const backend = await startBackend(device);
  const name = basename(model.path);
  const network = await loadNetwork(tfjs, name);
  try {
    const { description } = network;
    checkInput(description.input, model.input, name);
    const output = chooseOutput(description, { name: model.outputName, classes: model.labels.length }, name);
    const index = description.outputs.indexOf(output);
    const score = scorer(model, backend, network, index);
    const scores = await score(trialImages(model.input), TRIAL_IMAGES).catch((cause) => {
      throw new BadInputError({
        code: 'ERR_MODEL_RUN',
        problem: `${name} fails when it classifies a picture (${messageOf(cause)})`,
        fix: 'Give another model',
        cause,
      });
    });
    const kind = await checkTrial(scores, score, model, name);
    return classifierOf(model, kind, backend, {
      network,
      score,
      gradient: differentiator(model, kind, backend, network, index),
    });
  } catch (error) {
    network.dispose();
    throw error;
  }
}

type Score = (tensor: Float32Array, count: number) => Promise<Float32Array>;
type Gradient = (tensor: Float32Array, count: number, classIds: readonly number[]) => Promise<RawGradient>;

/** Raw scores, shape [count, width], and the gradient of −log p by the images, in their shape. */
interface RawGradient {
  readonly scores: Float32Array;
  readonly gradient: Float32Array;
}

/** How a network takes `count` images. */
function feedOf(model: Model, backend: Backend, { description: { input } }: TfjsNetwork) {
  const shape = imageDims(input, model.input);
  const dtype = input.element === ELEMENT.int32 ? 'int32' : 'float32';
  return {
    length: tensorLength(model.input),
    /** How many images a call takes. */
    batch: input.batch === 'single' ? 1 : input.batch,
    dtype,
    async tensor(images: Float32Array, count: number, type: 'float32' | 'int32' = dtype): Promise<tf.Tensor> {
      if (tf.getBackend() !== backend.name) await tf.setBackend(backend.name);
      return tf.tensor(images, input.batch === 'single' ? [...shape] : [count, ...shape], type);
    },
  } as const;
}

/** The network's raw scores, shape [count, classes]; a network whose batch is fixed gets its images in such batches. */
function scorer(model: Model, backend: Backend, network: TfjsNetwork, output: number): Score {
  const feed = feedOf(model, backend, network);
  return async (tensor, count) => {
    const parts = await inBatches(tensor, count, feed, async (images, size) => {
      const input = await feed.tensor(images, size);
      try {
        return await readAndDispose(await network.run(input, output));
      } finally {
        input.dispose();
      }
    });
    return rows(parts);
  };
}

async function readAndDispose(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}

function differentiator(
  model: Model,
  kind: OutputKind,
  backend: Backend,
  network: TfjsNetwork,
  output: number,
): Gradient {
  const feed = feedOf(model, backend, network);
  const options = { kind, dtype: feed.dtype, name: basename(model.path) };
  return async (tensor, count, classIds) => {
    const parts = await inBatches(tensor, count, feed, async (images, size, start) => {
      const input = await feed.tensor(images, size, 'float32');
      try {
        const ids = Array.from({ length: size }, (_, i) => classIds[start + i] ?? 0);
        const found = differentiate(network, output, input, ids, options);
        const scores = await readAndDispose(found.scores);
        return { scores, gradient: await readAndDispose(found.gradient) };
      } finally {
        input.dispose();
      }
    });
    return {
      scores: rows(parts.map((part) => ({ ...part, result: part.result.scores }))),
      gradient: rows(parts.map((part) => ({ ...part, result: part.result.gradient }))),
    };
  };
}

function classifierOf(
  model: Model,
  output: OutputKind,
  backend: Backend,
  {
    network,
    score,
    gradient: differentiated,
  }: { readonly network: TfjsNetwork; readonly score: Score; readonly gradient: Gradient },
): Classifier {
  const classes = model.labels.length;
  const batch = backend.device === 'cpu' ? CPU_BATCH : GPU_BATCH;
  let closed = false;

  function refuseClosed(): void {
    if (closed) throw new Error(`the classifier of ${model.name} is closed`);
  }

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    refuseClosed();
    const scores = await score(tensor, count);
    return confidencesOf(scores, scores.length / count, output);
  }

  async function gradient(
    tensor: Float32Array,
    count: number,
    classIds: readonly number[],
  ): Promise<ClassGradient> {
    refuseClosed();
    checkClassIds(classIds, count, classes);
    const found = await differentiated(tensor, count, classIds);
    return {
      confidences: confidencesOf(found.scores, found.scores.length / count, output),
      gradient: found.gradient,
    };
  }

  return {
    engine: 'tensorflow',
    device: backend.device,
    digest: model.digest,
    classes,
    input: model.input,
    output,
    batch,
    classify,
    gradient,
    async warmup() {
      await classify(trialImages(model.input, batch), batch);
    },
    async close() {
      if (!closed) network.dispose();
      closed = true;
    },
  };
}
