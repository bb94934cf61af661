import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import { trace } from '../../../protocol/base/trace.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { openBatch } from '../../onnx/dynamic-batch.js';
import { encodeModel, type OnnxModel } from '../../onnx/file.js';
import type { NetworkInput } from '../../onnx/network.js';
import { TRIAL_IMAGES, trialImages } from '../trial-images.js';
import type { Device } from './device.js';
import { createSession, type Feed, joined, type Runner, runnerOf } from './session.js';

/** How far a batch may be from one by one, relative to a row's greatest score; GPUs round convolutions to TF32. */
const TOLERANCE = { cpu: 1e-5, webgpu: 1e-3, cuda: 1e-2 } as const;

/** A network to be opened. */
export interface Opening {
  /** As its file has it, in float32. */
  readonly model: OnnxModel;
  /** The bytes of `model`. */
  readonly bytes: Uint8Array;
  /** What errors call the file. */
  readonly name: string;
  readonly feed: Feed;
  readonly input: TensorSpec;
  readonly device: Device;
}

/** An open network, and how it did in the trial. */
export interface Proven {
  readonly runner: Runner;
  /** Of the trial's images, shape [3, scores of an image]. */
  readonly scores: Float32Array;
  /** How many images may be shown together. */
  readonly batch: NetworkInput['batch'];
  /** The network as it was opened, and how that is fed. */
  readonly model: OnnxModel;
  readonly feed: Feed;
}

/**
 * Opens a network with its batch open where that is sound, otherwise as it is. Whether a network treats the images of a
 * batch apart is found by trying: it is shown a few images one by one and together. A batch that was opened by rewriting
 * the graph may mix images up, and a network that quantises its activations as it runs takes one scale for the whole
 * batch. Rejects with a {@link BadInputError} when
 * ONNX Runtime refuses the network (`ERR_MODEL_OPEN`) or fails to run it on one image (`ERR_MODEL_RUN`).
 */
export async function openProven(opening: Opening): Promise<Proven> {
  const { model, bytes, input, device, feed } = opening;
  const images = trialImages(input);
  const asItIs = await openRunner(opening, bytes, feed);
  const scores = await trial(asItIs, images, opening.name);
  const agrees = (runner: Runner) => batchAgrees(runner, images, scores, TOLERANCE[device.kind]);
  const opened = feed.batch === 'single' ? undefined : openBatch(model);
  if (opened === undefined)
    return { runner: asItIs, scores, batch: (await agrees(asItIs)) ? feed.batch : 'single', model, feed };
  // One session at a time: two of a large network may not fit.
  await asItIs.release();
  const open: Feed = { ...feed, batch: 'any' };
  // A network that cannot be opened so is used as it is.
  const rewritten = await openRunner(opening, encodeModel(opened), open).catch(() => undefined);
  if (rewritten !== undefined) {
    if (await agrees(rewritten))
      return { runner: rewritten, scores, batch: 'any', model: opened, feed: open };
    await rewritten.release();
  }
  const runner = await openRunner(opening, bytes, feed);
  return { runner, scores, batch: (await agrees(runner)) ? feed.batch : 'single', model, feed };
}

async function trial(runner: Runner, images: Float32Array, name: string): Promise<Float32Array> {
  try {
    return await runOneByOne(runner, images, TRIAL_IMAGES);
  } catch (cause) {
    await runner.release();
    throw new BadInputError({
      code: 'ERR_MODEL_RUN',
      problem: `${name} fails when it classifies a picture (${messageOf(cause)})`,
      fix: 'Check that the file is whole, or give another model',
      cause,
    });
  }
}

async function openRunner({ device, name }: Opening, bytes: Uint8Array, feed: Feed): Promise<Runner> {
  try {
    return runnerOf(await createSession(bytes, device.provider), feed);
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_OPEN',
      problem: `ONNX Runtime cannot run ${name} on ${device.name} (${messageOf(cause)})`,
      fix: 'Give another model or another --device',
      cause,
    });
  }
}

/** The scores of images shown one by one: shape [count, classes]. */
export async function runOneByOne(
  runner: Runner,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    rows.push(await runner.run(images.subarray(i * runner.length, (i + 1) * runner.length), 1));
  }
  return joined(rows);
}

/**
 * True when the network, shown the trial's images at once, gives the scores that it gave one by one: to within
 * `tolerance` times the greatest score of a row. False too when it fails on a batch.
 */
async function batchAgrees(
  runner: Runner,
  images: Float32Array,
  oneByOne: Float32Array,
  tolerance: number,
): Promise<boolean> {
  let together: Float32Array;
  try {
    together = await runner.run(images, TRIAL_IMAGES);
  } catch (error) {
    trace('classifying several images in one call', error);
    return false;
  }
  if (together.length !== oneByOne.length) return false;
  const classes = together.length / TRIAL_IMAGES;
  for (let start = 0; start < together.length; start += classes) {
    const row = oneByOne.subarray(start, start + classes);
    const scale = row.reduce((max, score) => Math.max(max, Math.abs(score)), 0);
    for (let c = 0; c < classes; c++) {
      if (!(Math.abs((together[start + c] ?? 0) - (row[c] ?? 0)) <= tolerance * scale)) return false;
    }
  }
  return true;
}
