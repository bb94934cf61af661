import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';

/** What a network is shown. */
export type NetworkInput = Pick<TensorSpec, 'width' | 'height' | 'channels'>;

/** What a network may be asked about. */
export type Subject =
  /** A file: PNG, JPEG, WebP or GIF. */
  | { readonly type: 'picture'; readonly bytes: Uint8Array }
  /** Canonical bytes. */
  | { readonly type: 'genome'; readonly bytes: Uint8Array };

export interface Opinion {
  readonly classId: number;
  readonly confidence: number;
}

/** The answer to a question. Problems and fixes are sentences without full stops. */
export type Verdict =
  /** The five best classes, best first. */
  | { readonly type: 'seen'; readonly best: readonly Opinion[] }
  | { readonly type: 'bad-picture'; readonly problem: string; readonly fix: string }
  /** Too many wait for an answer already. */
  | { readonly type: 'busy' }
  /** It cannot be opened here, or gave no answer in time. */
  | { readonly type: 'absent'; readonly problem: string };

/**
 * A run's network, opened when somebody asks, on a session of its own beside the run, and closed when nobody has asked
 * for a while.
 */
export interface Network {
  /** undefined: it cannot be read. */
  readonly input: Promise<NetworkInput | undefined>;
  ask(subject: Subject): Promise<Verdict>;
}
