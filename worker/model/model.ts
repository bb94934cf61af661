import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';

/** A network as it lies on disk, with all that is known of it: enough to open a classifier and to copy it elsewhere. */
export interface Model {
  readonly name: string;
  readonly format: ModelFormat;
  /** Absolute path of the file that is opened: `*.onnx`, or a TensorFlow.js `model.json`. */
  readonly path: string;
  /** Absolute paths of every file that the model consists of, `path` first (a tfjs model's shards follow). */
  readonly files: readonly string[];
  /** SHA-256: of the file, or where there are several, of their digests' list (see digest.ts). */
  readonly digest: string;
  readonly input: TensorSpec;
  readonly output: 'logits' | 'softmax';
  /** The output that holds the scores, where the file has several that could. */
  readonly outputName?: string;
  /** One a class, in the order of the outputs. */
  readonly labels: readonly string[];
  /** What its card says besides: license, source, data, accuracy and the like, in the card's words. */
  readonly about?: Readonly<Record<string, string | number>>;
}

export type ModelFormat = 'onnx' | 'tfjs-layers' | 'tfjs-graph';
