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
import type { Classifier } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { checkTrial } from '../trial.js';
import { TRIAL_IMAGES, trialImages } from '../trial-images.js';
import { type Backend, startBackend } from './backend.js';
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
    return classifierOf(model, kind, backend, network, score);
  } catch (error) {
    network.dispose();
    throw error;
  }
}

type Score = (tensor: Float32Array, count: number) => Promise<Float32Array>;

/** The network's raw scores, shape [count, classes]; a network whose batch is fixed gets its images in such batches. */
function scorer(model: Model, backend: Backend, network: TfjsNetwork, output: number): Score {
  const length = tensorLength(model.input);
  const { input: described } = network.description;
  const shape = imageDims(described, model.input);
  const fixed = described.batch === 'single' ? 1 : described.batch;

  async function scoreBatch(images: Float32Array, count: number): Promise<Float32Array> {
    if (tf.getBackend() !== backend.name) await tf.setBackend(backend.name);
    const dtype = described.element === ELEMENT.int32 ? 'int32' : 'float32';
    const input = tf.tensor(images, described.batch === 'single' ? [...shape] : [count, ...shape], dtype);
    try {
      const scores = await network.run(input, output);
      try {
        return await scores.data<'float32'>();
      } finally {
        scores.dispose();
      }
    } finally {
      input.dispose();
    }
  }

  return async (tensor, count) => {
    if (tensor.length !== count * length) {
      throw new RangeError(`expected ${count} images of ${length} numbers, got ${tensor.length} numbers`);
    }
    if (fixed === 'any' || fixed === count) return scoreBatch(tensor, count);
    let all = new Float32Array(0);
    for (let start = 0; start < count; start += fixed) {
      const images = new Float32Array(fixed * length);
      images.set(tensor.subarray(start * length, (start + fixed) * length));
      const scores = await scoreBatch(images, fixed);
      const classes = scores.length / fixed;
      if (start === 0) all = new Float32Array(count * classes);
      all.set(scores.subarray(0, classes * Math.min(fixed, count - start)), classes * start);
    }
    return all;
  };
}

function classifierOf(
  model: Model,
  output: OutputKind,
  backend: Backend,
  network: TfjsNetwork,
  score: Score,
): Classifier {
  const batch = backend.device === 'cpu' ? CPU_BATCH : GPU_BATCH;
  let closed = false;

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    if (closed) throw new Error(`the classifier of ${model.name} is closed`);
    const scores = await score(tensor, count);
    return confidencesOf(scores, scores.length / count, output);
  }

  return {
    engine: 'tensorflow',
    device: backend.device,
    digest: model.digest,
    classes: model.labels.length,
    input: model.input,
    output,
    batch,
    classify,
    async warmup() {
      await classify(trialImages(model.input, batch), batch);
    },
    async close() {
      if (!closed) network.dispose();
      closed = true;
    },
  };
}
