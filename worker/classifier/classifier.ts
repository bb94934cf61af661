import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { DenseShape } from '../../protocol/encodings/dense/genome.js';
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
  /**
   * The confidences, as {@link classify} gives them, and in which direction each image gains in the class that is named for
   * it. `classIds` has one class an image, 0 … classes − 1. Absent where an engine knows no gradients. The first call opens
   * what computes it, and rejects with a BadInputError (`ERR_GRADIENT`) that names what of the network has no gradient.
   */
  readonly gradient?: (
    tensor: Float32Array,
    count: number,
    classIds: readonly number[],
  ) => Promise<ClassGradient>;
  /**
   * Opens the network with the drawing of dense genomes of one shape in front of it, so that weights go in and no pixel
   * crosses. The pictures are those of a single view. Closes with the classifier. Absent where the engine cannot.
   */
  readonly openDense?: (shape: DenseShape) => Promise<DenseClassifier>;
  /** Runs once on noise, so that the first real batch is not slower than the rest. */
  warmup(): Promise<void>;
  /** Frees the session; later calls reject. Safe to call twice. */
  close(): Promise<void>;
}

/** What images are taken for, and the gradient of −log p by their numbers, where p is an image's confidence in its class. */
export interface ClassGradient {
  /** Shape [count, classes]. */
  readonly confidences: Float32Array;
  /** Shape [count, …input]: of the values that the network is given, not of bytes. */
  readonly gradient: Float32Array;
}

/**
 * A network that draws dense genomes itself, in 8 bits, though not bit for bit as the kernel does: sums are taken in another
 * order, so a byte that lies between two may be rounded to the other.
 */
export interface DenseClassifier {
  /** Confidences, shape [count, classes], of genomes by their weights, shape [count, weights]. */
  classify(weights: Float32Array, count: number): Promise<Float32Array>;
  /** The same, and the gradient of −log p by the weights, [count, weights]; rounding counts as no change. */
  gradient(weights: Float32Array, count: number, classIds: readonly number[]): Promise<ClassGradient>;
  /** Frees its sessions; safe to call twice. */
  close(): Promise<void>;
}

/** Throws a RangeError unless there is a class of `classes` for each of `count` images. */
export function checkClassIds(classIds: readonly number[], count: number, classes: number): void {
  const isClass = (id: number) => Number.isInteger(id) && id >= 0 && id < classes;
  if (classIds.length === count && classIds.every(isClass)) return;
  throw new RangeError(`expected ${count} classes below ${classes}, got [${classIds}]`);
}
