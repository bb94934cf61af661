import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { OutputKind } from '../onnx/output-kind.js';

/** What a network says of a batch, and how that changes with what it is shown. */
export interface InputGradient {
  /** Shape [count, classes]. */
  readonly confidences: Float32Array;
  /** Of −log p of the class that was asked of each image, by the network's input: shape [count, …input]. */
  readonly gradient: Float32Array;
}

/** A network that gives each image of a batch a confidence for every class. Adapters: onnx, tensorflow. */
export interface Classifier {
  /** One of ENGINE_NAMES (protocol/spec/engine-names.ts), or a name of your own. */
  readonly engine: string;
  /** What it runs on, as the engine names it, e.g. `cpu`, `webgpu`, `cuda:0`. */
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
  /**
   * Confidences of a batch, and the gradient of −log p of `classIds[i]` by the i-th image; absent where the engine has no
   * gradients. Shapes are those of {@link Classifier.classify}. What it needs is made at the first call. Rejects with a
   * BadInputError when the network has a part whose gradient nobody knows.
   */
  readonly gradient?: (
    tensor: Float32Array,
    count: number,
    classIds: readonly number[],
  ) => Promise<InputGradient>;
  /** Runs once on noise, so that the first real batch is not slower than the rest. */
  warmup(): Promise<void>;
  /** Frees the session; later calls reject. Safe to call twice. */
  close(): Promise<void>;
}
