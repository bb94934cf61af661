import { Tensor } from 'onnxruntime-node';
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import { encodeModel, type OnnxModel } from '../../onnx/file.js';
import { CLASS_IDS, classGradient, inputShapes } from '../../onnx/gradient/class-gradient.js';
import { gradientName } from '../../onnx/gradient/reverse-mode.js';
import type { OutputKind } from '../../onnx/output-kind.js';
import type { Device } from './device.js';
import { folded } from './folded.js';
import { createSession, type Feed, joined } from './session.js';

/** A network whose gradients are sought. */
export interface Differentiable {
  readonly model: OnnxModel;
  readonly feed: Feed;
  /** How many images may be shown together, as a trial has found. */
  readonly batch: Feed['batch'];
  /** Scores an image. */
  readonly width: number;
  readonly kind: OutputKind;
  readonly device: Device;
  /** What errors call the network. */
  readonly name: string;
}

/** A session that computes scores and gradients. */
export interface GradientRunner {
  /** `tensor` has shape [count, …dims], `classIds` one class an image. */
  run(tensor: Float32Array, count: number, classIds: readonly number[]): Promise<ScoresAndGradient>;
  release(): Promise<void>;
}

export interface ScoresAndGradient {
  /** The network's raw scores, shape [count, width]. */
  readonly scores: Float32Array;
  /** Of −log p of each image's class by its numbers, shape [count, …dims]. */
  readonly gradient: Float32Array;
}

/**
 * Opens the gradient of a network. Rejects with a {@link BadInputError} (`ERR_GRADIENT`) where it has none, or where ONNX
 * Runtime cannot run it.
 */
export async function openGradient({
  model,
  feed,
  batch,
  width,
  kind,
  device,
  name,
}: Differentiable): Promise<GradientRunner> {
  const known = await folded(model, inputShapes(feed));
  const graph = classGradient(known, { ...feed, width, kind, onCpu: device.kind === 'cpu' });
  const session = await createSession(encodeModel(graph), device.provider).catch((cause) => {
    throw new BadInputError({
      code: 'ERR_GRADIENT',
      problem: `ONNX Runtime cannot run the gradient of ${name} on ${device.name} (${messageOf(cause)})`,
      fix: 'Choose an emitter that needs no gradient, or another --device',
      cause,
    });
  });
  const length = feed.dims.reduce((product, size) => product * size, 1);

  async function call(images: Float32Array, classIds: readonly number[]): Promise<ScoresAndGradient> {
    const shape = feed.batch === 'single' ? feed.dims : [classIds.length, ...feed.dims];
    const results = await session.run({
      [feed.input]: new Tensor('float32', images, shape),
      [CLASS_IDS]: new Tensor('int64', BigInt64Array.from(classIds, BigInt), [classIds.length]),
    });
    const [scores, gradient] = [results[feed.output]?.data, results[gradientName(feed.input)]?.data];
    if (!(scores instanceof Float32Array && gradient instanceof Float32Array)) {
      throw new Error(`the gradient of ${name} gave no float32 numbers`);
    }
    return { scores, gradient };
  }

  return {
    async run(tensor, count, classIds) {
      const size = batch === 'single' ? 1 : batch === 'any' ? count : batch;
      if (size === count) return call(tensor.subarray(0, count * length), classIds);
      const parts: ScoresAndGradient[] = [];
      for (let start = 0; start < count; start += size) {
        const used = Math.min(size, count - start);
        const images = new Float32Array(size * length);
        images.set(tensor.subarray(start * length, (start + used) * length));
        const ids = Array.from({ length: size }, (_, i) => classIds[start + i] ?? 0);
        const { scores, gradient } = await call(images, ids);
        parts.push({
          scores: scores.subarray(0, used * width),
          gradient: gradient.subarray(0, used * length),
        });
      }
      return {
        scores: joined(parts.map(({ scores }) => scores)),
        gradient: joined(parts.map(({ gradient }) => gradient)),
      };
    },
    release: () => session.release(),
  };
}
