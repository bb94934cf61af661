import { basename } from 'node:path';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Model } from '../../model/model.js';
import { inlineExternalData } from '../../onnx/external-data.js';
import { encodeModel, type OnnxModel } from '../../onnx/file.js';
import { floatInput } from '../../onnx/float-input.js';
import { fedInputs } from '../../onnx/graph.js';
import { checkInput, imageDims } from '../../onnx/image-input.js';
import type { NetworkInput, OnnxNetwork } from '../../onnx/network.js';
import { classCount } from '../../onnx/output-kind.js';
import { singlePrecision } from '../../onnx/single-precision.js';
import { type ClassGradient, type Classifier, checkClassIds, type DenseClassifier } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { checkTrial } from '../trial.js';
import { TRIAL_IMAGES, trialImages } from '../trial-images.js';
import { openDense } from './dense.js';
import { checkDevice, type Device, parseDevice } from './device.js';
import { type Differentiable, type GradientRunner, openGradient } from './gradient-runner.js';
import { openProven, type Proven, runOneByOne } from './open-proven.js';

export interface OnnxOptions {
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`. */
  readonly device: string;
}

/** Images a call. Measured on a CPU: */
const GPU = 64;
/** … inputs of fewer pixels than 64² gain half as much again in a batch (28²: 16,600 a second alone, 24,000 by 16); */
const SMALL = { pixels: 64 * 64, batch: 16 };
/** … 8-bit networks gain a sixth (MobileNet V2: 249 alone, 292 by 8); the rest gain nothing, or lose. */
const QUANTISED = 8;

/**
 * Opens a network with ONNX Runtime, on one thread. The network may take floats of any precision (it computes in
 * float32) or integers (cast at its head), images in NCHW, NHWC, grey without channels or as a row of numbers, a fixed
 * batch (opened in the graph where a trial shows that the results stay the same; else filled up) or any or none; what it
 * gives may be of any {@link OutputKind}. `model` says what is known of it.
 * Rejects with a BadInputError when the device is unknown or absent, when a part of the weights is missing, or when the
 * network contradicts what is said of it.
 */
export async function openOnnx(
  model: Model,
  network: OnnxNetwork,
  options: OnnxOptions,
): Promise<Classifier> {
  const device = parseDevice(options.device);
  const name = basename(model.path);
  const { graph, input, output } = network;
  checkInput(input, model.input, name);
  await checkDevice(device);
  const whole = floatInput(singlePrecision(inlineExternalData(graph, network.external)));
  const proven = await openProven({
    model: whole,
    bytes: network.bytes && whole === graph ? network.bytes : encodeModel(whole),
    name,
    feed: {
      input: fedInputs(whole.graph)[0]?.name ?? '',
      output: output.name,
      dims: imageDims(input, model.input),
      batch: input.batch,
    },
    input: model.input,
    device,
  });
  try {
    const score = runOneByOne.bind(undefined, proven.runner);
    const kind = await checkTrial(proven.scores, score, model, name);
    const differentiable = { ...proven, width: proven.scores.length / TRIAL_IMAGES, kind, device, name };
    return classifierOf(model, differentiable, proven, batchOf(proven.batch, device, model, whole));
  } catch (error) {
    await proven.runner.release();
    throw error;
  }
}

/** A network of a fixed batch is best fed with whole ones. */
function batchOf(batch: NetworkInput['batch'], device: Device, model: Model, whole: OnnxModel): number {
  if (batch === 'single') return 1;
  return batch === 'any' ? preferredBatch(device.kind, model.input, whole) : batch;
}

/**
 * The number of images a call that suits a device best. A rule, never a timing: the batch decides in which order
 * offspring meet the archive, and a run must come out the same wherever it is repeated.
 */
function preferredBatch(kind: Device['kind'], input: TensorSpec, model: OnnxModel): number {
  if (kind !== 'cpu') return GPU;
  if (input.width * input.height < SMALL.pixels) return SMALL.batch;
  return isQuantised(model) ? QUANTISED : 1;
}

function isQuantised({ graph }: OnnxModel): boolean {
  return (graph.node ?? []).some(({ opType }) => opType === 'QLinearConv' || opType === 'DequantizeLinear');
}

function classifierOf(
  model: Model,
  differentiable: Differentiable,
  { runner, batch: together }: Proven,
  batch: number,
): Classifier {
  const { width, kind: output, device } = differentiable;
  const classes = classCount(width);
  let gradients: Promise<GradientRunner> | undefined;
  const drawing: Promise<DenseClassifier>[] = [];
  let closing: Promise<void> | undefined;

  function refuseClosed(): void {
    if (closing) throw new Error(`the classifier of ${model.name} is closed`);
  }

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    refuseClosed();
    const alone = together === 'single' && count > 1;
    const rows = await (alone ? runOneByOne(runner, tensor, count) : runner.run(tensor, count));
    return confidencesOf(rows, width, output);
  }

  async function gradient(
    tensor: Float32Array,
    count: number,
    classIds: readonly number[],
  ): Promise<ClassGradient> {
    refuseClosed();
    checkClassIds(classIds, count, classes);
    gradients ??= openGradient(differentiable);
    const found = await (await gradients).run(tensor, count, classIds);
    return { confidences: confidencesOf(found.scores, width, output), gradient: found.gradient };
  }

  async function release(): Promise<void> {
    await runner.release();
    // What could not be opened need not be closed.
    const opened = await gradients?.catch(() => undefined);
    await opened?.release();
    for (const each of await Promise.allSettled(drawing))
      if (each.status === 'fulfilled') await each.value.close();
  }

  return {
    engine: 'onnx',
    device: device.name,
    digest: model.digest,
    classes,
    input: model.input,
    output,
    batch,
    classify,
    gradient,
    async openDense(shape) {
      refuseClosed();
      const opening = openDense(differentiable, model.input, shape);
      drawing.push(opening);
      return opening;
    },
    async warmup() {
      await classify(trialImages(model.input, batch), batch);
    },
    close() {
      closing ??= release();
      return closing;
    },
  };
}
