import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { BadInputError, messageOf } from '../../../protocol/errors.js';
import { openBatch } from '../../onnx/dynamic-batch.js';
import { encodeModel, type OnnxModel } from '../../onnx/file.js';
import { imageShape } from '../../onnx/image-input.js';
import type { Device } from './device.js';
import { batchAgrees, runOneByOne, TRIAL_IMAGES, trialImages } from './proof.js';
import { createSession, type Runner, runnerOf } from './session.js';

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
  readonly names: { readonly input: string; readonly output: string };
  readonly input: TensorSpec;
  readonly device: Device;
}

/** An open network, and how it did in the trial of proof.ts. */
export interface Proven {
  readonly runner: Runner;
  /** Of the trial's images, shape [3, classes]. */
  readonly scores: Float32Array;
  /** Whether images may be shown together. */
  readonly together: boolean;
}

/**
 * Opens a network with its batch open where that is sound, otherwise as it is. Rejects with a {@link BadInputError} when
 * ONNX Runtime refuses the network (`ERR_MODEL_OPEN`) or fails to run it on one image (`ERR_MODEL_RUN`).
 */
export async function openProven(opening: Opening): Promise<Proven> {
  const { model, bytes, input, device } = opening;
  const images = trialImages(input);
  const asItIs = await openRunner(opening, bytes);
  const scores = await trial(asItIs, images, opening.name);
  const opened = openBatch(model);
  if (opened === undefined) {
    const together = await batchAgrees(asItIs, images, scores, TOLERANCE[device.kind]);
    return { runner: asItIs, scores, together };
  }
  // One session at a time: two of a large network may not fit.
  await asItIs.release();
  const rewritten = await openRunner(opening, encodeModel(opened)).catch(() => undefined);
  if (rewritten !== undefined) {
    if (await batchAgrees(rewritten, images, scores, TOLERANCE[device.kind])) {
      return { runner: rewritten, scores, together: true };
    }
    await rewritten.release();
  }
  return { runner: await openRunner(opening, bytes), scores, together: false };
}

async function trial(runner: Runner, images: Float32Array, name: string): Promise<Float32Array> {
  try {
    return await runOneByOne(runner, images, TRIAL_IMAGES);
  } catch (cause) {
    await runner.release();
    throw new BadInputError({
      code: 'ERR_MODEL_RUN',
      expected: `${name} to classify an image`,
      got: messageOf(cause),
      fix: 'give another model',
      cause,
    });
  }
}

async function openRunner(opening: Opening, bytes: Uint8Array): Promise<Runner> {
  const { device, name, names, input } = opening;
  try {
    return runnerOf(await createSession(bytes, device.provider), names, imageShape(input));
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_OPEN',
      expected: `${name} to be a network that ONNX Runtime runs on ${device.name}`,
      got: messageOf(cause),
      fix: 'give another model or device',
      cause,
    });
  }
}
