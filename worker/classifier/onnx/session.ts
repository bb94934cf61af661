import { env, InferenceSession, Tensor } from 'onnxruntime-node';

// Its own lines on stderr would stand beside our one sentence; every failure is thrown as well.
env.logLevel = 'fatal';

/**
 * Measured (DESIGN.md): two threads in one session are slower than two sessions of one thread, and spinning threads
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
  /** `tensor` has shape [count, …dims]; resolves to [count, classes]. */
  run(tensor: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/** A {@link Runner} over a session. `dims` is the shape of one image in the input's layout. */
export function runnerOf(
  session: InferenceSession,
  names: { readonly input: string; readonly output: string },
  dims: readonly number[],
): Runner {
  const length = dims.reduce((product, size) => product * size, 1);
  return {
    length,
    async run(tensor, count) {
      const data = tensor.length === count * length ? tensor : tensor.subarray(0, count * length);
      const feeds = { [names.input]: new Tensor('float32', data, [count, ...dims]) };
      const results = await session.run(feeds, [names.output]);
      const output = results[names.output];
      if (!(output?.data instanceof Float32Array) || output.dims[0] !== count) {
        throw new Error(`the network gave ${output?.type} of shape [${output?.dims}] for ${count} images`);
      }
      return output.data;
    },
    release: () => session.release(),
  };
}
