import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { OutputKind } from '../onnx/output-kind.js';

/** A network that gives each image of a batch a confidence for every class. Adapters: onnx, tensorflow. */
export interface Classifier {
  /** One of ENGINE_NAMES (protocol/spec/engine-names.ts), or a name of your own. */
  readonly engine: string;
  /** The device, as the engine names it, e.g. `cpu`, `webgpu`, `cuda:0`. */
  readonly device: string;
  /** SHA-256 of the model, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly classes: number;
  readonly input: TensorSpec;
  /** What its network's scores were found to be. */
  readonly output: OutputKind;
  /** The number of images a call that suits this engine and device best; any number is accepted. */
  readonly batch: number;
  /**
   * The network's confidences: shape [count, classes], each 0 … 1. A row sums to 1 unless the classes are independent
   * (see {@link OutputKind}).
   * `tensor` has shape [count, …input]; it is not kept after the promise settles. Rejects when the engine fails.
   */
  classify(tensor: Float32Array, count: number): Promise<Float32Array>;
  /** Runs once on noise, so that the first real batch is not slower than the rest. */
  warmup(): Promise<void>;
  /** Frees the session; later calls reject. Safe to call twice. */
  close(): Promise<void>;
}
