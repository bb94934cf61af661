import type { BadInputError } from '../../protocol/base/errors.js';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import type { OnnxNetwork } from '../onnx/network.js';
import type { OutputKind } from '../onnx/output-kind.js';
import type { TfjsModel } from '../tfjs/files.js';

/** A network as it lies on disk, with all that is known of it: enough to open a classifier and to copy it elsewhere. */
export interface Model {
  readonly name: string;
  readonly format: ModelFormat;
  /** Absolute path of the file that is opened: `*.onnx`, or a TensorFlow.js `model.json`. */
  readonly path: string;
  /** Absolute paths of every file that the model consists of, `path` first (a tfjs model's shards follow). */
  readonly files: readonly string[];
  /** SHA-256: of the file, or where there are several, of their digests' list (see files.ts). */
  readonly digest: string;
  readonly input: TensorSpec;
  /** undefined: nothing says it; a trial shows it when the model is opened. */
  readonly output: OutputKind | undefined;
  /** The output that holds the scores, where the file has several that could. */
  readonly outputName?: string;
  /** One a class, in the order of the outputs. */
  readonly labels: readonly string[];
  /** Sentences on what was taken from elsewhere than its card and flags; a person may want to know it. */
  readonly notes: readonly string[];
  /** What its card says besides: license, source, data, accuracy and the like, in the card's words. */
  readonly about?: Readonly<Record<string, string | number>>;
}

/** A model, and what was read of it once: what a classifier is opened from. It holds all weights, so it is not kept. */
export interface LoadedModel {
  readonly model: Model;
  /** The network for ONNX Runtime; or why the model cannot be converted. */
  readonly onnx: OnnxNetwork | BadInputError;
  /** The model for TensorFlow.js; undefined: the model is an ONNX file. */
  readonly tfjs: TfjsModel | undefined;
}

export type ModelFormat = 'onnx' | 'tfjs-layers' | 'tfjs-graph';
