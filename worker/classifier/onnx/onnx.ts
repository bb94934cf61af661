import { basename } from 'node:path';
import type { Model } from '../../model/model.js';
import { readModelFile } from '../../model/read.js';
import { inlineExternalData } from '../../onnx/external-data.js';
import { decodeModel, encodeModel } from '../../onnx/file.js';
import { checkInput } from '../../onnx/image-input.js';
import { chooseOutput, readNetwork } from '../../onnx/network.js';
import { widenModel } from '../../onnx/widen.js';
import type { Classifier } from '../classifier.js';
import { confidencesOf } from '../confidences.js';
import { checkScores } from '../scores.js';
import { preferredBatch } from './batch.js';
import { checkDevice, parseDevice } from './device.js';
import { openProven, type Proven } from './open-proven.js';
import { runOneByOne, TRIAL_IMAGES, trialImages } from './proof.js';

export interface OnnxOptions {
  /** `cpu`, `webgpu`, `cuda` or `cuda:N`. */
  readonly device: string;
  /** The network as an ONNX file, where it is not what lies at `model.path` (a converted model). */
  readonly bytes?: Uint8Array;
}

/**
 * Opens a network with ONNX Runtime, on one thread. The network may take float or float16 (widened to float32), NCHW or
 * NHWC, a fixed batch (opened in the graph where a trial shows that the results stay the same; else images are shown
 * one by one) or any; it may give logits or a softmax.
 * Rejects with a BadInputError when the device is unknown or absent, when the file is no whole classifier, or
 * when it contradicts what is said of it.
 */
export async function openOnnx(model: Model, options: OnnxOptions): Promise<Classifier> {
  const device = parseDevice(options.device);
  const name = basename(model.path);
  const bytes = options.bytes ?? (await readModelFile(model.path));
  const file = decodeModel(bytes, name);
  const network = readNetwork(file, name);
  checkInput(network, model.input, name);
  const output = chooseOutput(network, { name: model.outputName, classes: model.labels.length }, name);
  await checkDevice(device);
  const whole = widenModel(options.bytes ? file : await inlineExternalData(file, model.path));
  const proven = await openProven({
    model: whole,
    bytes: whole === file ? bytes : encodeModel(whole),
    name,
    names: { input: network.input.name, output: output.name },
    input: model.input,
    device,
  });
  try {
    checkScores(proven.scores, TRIAL_IMAGES, model, name);
  } catch (error) {
    await proven.runner.release();
    throw error;
  }
  const batch = proven.together ? preferredBatch(device.kind, model.input, whole) : 1;
  return classifierOf(model, device.name, proven, batch);
}

function classifierOf(model: Model, device: string, { runner, together }: Proven, batch: number): Classifier {
  const classes = model.labels.length;
  let closing: Promise<void> | undefined;

  async function classify(tensor: Float32Array, count: number): Promise<Float32Array> {
    if (closing) throw new Error(`the classifier of ${model.name} is closed`);
    const run = together || count === 1 ? runner.run : runOneByOne.bind(undefined, runner);
    const scores = await run(tensor, count);
    return confidencesOf(scores, scores.length / count, model.output);
  }

  return {
    engine: 'onnx',
    device,
    digest: model.digest,
    classes,
    input: model.input,
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
