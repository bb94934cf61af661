import type { EngineName } from '../../../protocol/spec/engine-names.js';
import type { ModelOverrides } from '../../../worker/model/resolve.js';
import type { Trial } from './trial.js';

/** What a trial's process is to do. */
export interface TrialOrder {
  readonly arm: string;
  readonly seed: number;
  /** Forward passes. */
  readonly cost: number;
  readonly version: string;
  readonly network: {
    /** A path is absolute. */
    readonly reference: string;
    readonly overrides: ModelOverrides;
    readonly engine: EngineName;
    readonly device: string;
  };
}

/** What it tells its parent. */
export type TrialNews =
  | { readonly type: 'progress'; readonly cost: number }
  | { readonly type: 'done'; readonly trial: Trial }
  | { readonly type: 'failed'; readonly problem: string };
