import type { Subject, Verdict } from '../../coordinator/gallery/network.js';
import type { Views } from '../../protocol/drawing/tensor-spec.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';

/** What a network's process is started with, as JSON in its arguments. */
export interface NetworkOrder {
  readonly modelDirectory: string;
  /** The model in it has to be this one. */
  readonly modelDigest: string;
  readonly objective: RunSpec['objective'];
  readonly engine: 'onnx' | 'tensorflow';
  readonly views: Views;
}

/** What the parent sends, one after the other. */
export type Question = Subject;

/** What the process sends for each question, in their order. */
export type Answer = Exclude<Verdict, { readonly type: 'busy' }>;
