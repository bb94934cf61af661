import { basename } from 'node:path';
import type { Model } from '../../model/model.js';
import { readModelFile } from '../../model/read.js';
import { inlineExternalData } from '../../onnx/external-data.js';
import { decodeModel, encodeModel, type OnnxModel } from '../../onnx/file.js';
import { floatInput } from '../../onnx/float-input.js';
import { fedInputs } from '../../onnx/graph.js';
import { checkInput, imageDims } from '../../onnx/image-input.js';
import { chooseOutput, type NetworkInput, readNetwork } from '../../onnx/network.js';
import { classCount, type OutputKind } from '../../onnx/output-kind.js';
import { singlePrecision } from '../../onnx/single-precision.js';
import { withoutZipMap } from '../../onnx/zip-map.js';
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
  /** The network, where it is not what lies at `model.path` (a converted model). */
  readonly network?: OnnxModel;
}

/**
 * Opens a network with ONNX Runtime, on one thread. The network may take floats of any precision (it computes in
 * float32) or integers (cast at its head), images in NCHW, NHWC, grey without channels or as a row of numbers, a fixed
 * batch (opened in the graph where a trial shows that the results stay the same; else filled up) or any or none; what it
 * gives may be of any {@link OutputKind}.
 * Rejects with a BadInputError when the device is unknown or absent, when the file is no whole classifier, or
 * when it contradicts what is said of it.
 */
export async function openOnnx(model: Model, options: OnnxOptions): Promise<Classifier> {
  const device = parseDevice(options.device);
  const name = basename(model.path);
  const bytes = options.network ? undefined : await readModelFile(model.path);
  const file = options.network ?? decodeModel(bytes ?? new Uint8Array(), name);
  const readable = withoutZipMap(file);
  const { input, ...rest } = readNetwork(readable, name);
  checkInput(input, model.input, name);
  const output = chooseOutput(
    { input, ...rest },
    { name: model.outputName, classes: model.labels.length },
    name,
  );
  await checkDevice(device);
  const inlined = options.network ? readable : await inlineExternalData(readable, model.path);
  const whole = floatInput(singlePrecision(inlined));
  const proven = await openProven({
    model: whole,
    bytes: bytes && whole === file ? bytes : encodeModel(whole),
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
