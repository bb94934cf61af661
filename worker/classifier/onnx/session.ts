import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { NetworkInput } from '../../onnx/network.js';

// Its own lines on stderr would stand beside our one sentence; every failure is thrown as well.
env.logLevel = 'fatal';

/**
 * Measured with SqueezeNet on two cores: two threads in one session are slower than two sessions of one thread, and spinning threads
 * halve the speed of a busy machine. So: one thread a session, one session an island.
 */
const SINGLE_THREAD: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  extra: {
    session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    // ONNX Runtime 1.30 folds a Pad with zeros into a MaxPool, whose own padding never wins a maximum: wrong wherever
    // the values beside it are negative (test/worker/classifier/session.test.ts).
    optimization: { disable_specified_optimizers: 'Pad_Fusion' },
  },
};

/** Opens `bytes`, a whole ONNX file, on an execution provider; rejects with ONNX Runtime's error. */
export function createSession(
  bytes: Uint8Array,
  provider: InferenceSession.ExecutionProviderConfig,
): Promise<InferenceSession> {
  return InferenceSession.create(bytes, { ...SINGLE_THREAD, executionProviders: [provider] });
}

/** A network with one float32 input and the output that holds the classes' scores. */
export interface Runner {
  /** Floats in one image. */
  readonly length: number;
  /** `tensor` has shape [count, …dims]; resolves to [count, scores of an image]. */
  run(tensor: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/** How a network is fed. */
export interface Feed {
  readonly input: string;
  readonly output: string;
  /** Of one image, without the batch. */
  readonly dims: readonly number[];
  readonly batch: NetworkInput['batch'];
}

/**
 * A {@link Runner} over a session. A network of a fixed batch gets its images in batches of that size, the last one
 * filled up with zeros; one without a batch gets one image a call.
 */
export function runnerOf(session: InferenceSession, { input, output, dims, batch }: Feed): Runner {
  const length = dims.reduce((product, size) => product * size, 1);

  async function call(images: Float32Array, count: number): Promise<Float32Array> {
    const shape = batch === 'single' ? dims : [count, ...dims];
    const results = await session.run({ [input]: new Tensor('float32', images, shape) }, [output]);
    const result = results[output];
    if (!(result?.data instanceof Float32Array) || result.data.length % count !== 0) {
      throw new Error(`the network gave ${result?.type} of shape [${result?.dims}] for ${count} images`);
    }
    return result.data;
  }

  async function inBatches(images: Float32Array, count: number, size: number): Promise<Float32Array> {
    const parts: Float32Array[] = [];
    for (let start = 0; start < count; start += size) {
      const full = new Float32Array(size * length);
      full.set(images.subarray(start * length, Math.min(start + size, count) * length));
      const scores = await call(full, size);
      parts.push(scores.subarray(0, (Math.min(size, count - start) * scores.length) / size));
    }
    return joined(parts);
  }

  return {
    length,
    run(tensor, count) {
      const images = tensor.length === count * length ? tensor : tensor.subarray(0, count * length);
      const size = batch === 'single' ? 1 : batch;
      return size === 'any' || size === count ? call(images, count) : inBatches(images, count, size);
    },
    release: () => session.release(),
  };
}

/** Rows of scores, one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
