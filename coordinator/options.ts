import type { RunSpec } from '../protocol/spec/run-spec.js';
import type { CoordinatorLink } from '../protocol/transport/transport.js';
import type { ModelPlace } from '../protocol/wire/messages.js';
import type { AuditSettings } from './audit/audits.js';
import type { Store } from './store/store.js';

/** What a coordinator is given. */
export interface CoordinatorOptions {
  readonly link: CoordinatorLink;
  /** Whose elites and islands the run goes on from. The coordinator closes it. */
  readonly store: Store;
  readonly spec: RunSpec;
  /** Where workers find the model. */
  readonly model: ModelPlace;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How what islands send is audited; absent: not at all. */
  readonly audit?: AuditSettings;
  /** How long messages are collected for one commit; the price of an fsync is shared by all that come meanwhile. */
  readonly commitMilliseconds?: number;
  /** A commit is made at once when this number of messages waits, or this number of bytes of them: bounds memory. */
  readonly commitMessages?: number;
  readonly commitBytes?: number;
  /** How often silence and the budget are looked at. */
  readonly tickMilliseconds?: number;
  readonly silenceMilliseconds?: number;
  readonly joiningMilliseconds?: number;
}

/** What is filled in, in milliseconds, messages and bytes. */
export const DEFAULTS = {
  commitMilliseconds: 100,
  commitMessages: 256,
  commitBytes: 8 << 20,
  tickMilliseconds: 250,
  silenceMilliseconds: 10_000,
  joiningMilliseconds: 120_000,
} as const satisfies Partial<CoordinatorOptions>;

/** The options, with every default filled in. */
export type FullOptions = CoordinatorOptions & Record<keyof typeof DEFAULTS, number>;
