import { basename } from 'node:path';
import type { Model } from '../../model/model.js';
import { inlineExternalData } from '../../onnx/external-data.js';
import { encodeModel, type OnnxModel } from '../../onnx/file.js';
import { floatInput } from '../../onnx/float-input.js';
import { fedInputs } from '../../onnx/graph.js';
import { checkInput, imageDims } from '../../onnx/image-input.js';
import type { NetworkInput, OnnxNetwork } from '../../onnx/network.js';
import { classCount, type OutputKind } from '../../onnx/output-kind.js';
import { singlePrecision } from '../../onnx/single-precision.js';
import { refuseBlind } from '../blindness.js';
import type { Classifier } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { checkScores } from '../scores.js';
import { TRIAL_IMAGES, trialImages } from '../trial-images.js';
import { preferredBatch } from './batch.js';
import { checkDevice, type Device, parseDevice } from './device.js';
import { openProven, type Proven } from './open-proven.js';
import { runOneByOne } from './proof.js';

export interface OnnxOptions {
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`. */
  readonly device: string;
}

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
    const kind = checkScores(proven.scores, TRIAL_IMAGES, model, name);
    const score = runOneByOne.bind(undefined, proven.runner);
    await refuseBlind(proven.scores, score, model.input, name);
    return classifierOf(model, kind, device, proven, batchOf(proven.batch, device, model, whole));
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

function classifierOf(
  model: Model,
  output: OutputKind,
  device: Device,
  { runner, batch: together, scores }: Proven,
  batch: number,
): Classifier {
  const width = scores.length / TRIAL_IMAGES;
  let closing: Promise<void> | undefined;

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    if (closing) throw new Error(`the classifier of ${model.name} is closed`);
    const alone = together === 'single' && count > 1;
    const rows = await (alone ? runOneByOne(runner, tensor, count) : runner.run(tensor, count));
    return confidencesOf(rows, width, output);
  }

  return {
    engine: 'onnx',
    device: device.name,
    digest: model.digest,
    classes: classCount(width),
    input: model.input,
    output,
    batch,
    classify,
    async warmup() {
      await classify(trialImages(model.input, batch), batch);
    },
    close() {
      closing ??= runner.release();
      return closing;
    },
  };
}
