import type { Digest } from '../encodings/genome.js';
import type { Totals } from './totals.js';

/**
 * The messages, as the rest of Atoll sees them: plain immutable data, independent of protobuf's generated classes.
 * `codec.ts` turns them into bytes and back and checks them. Shapes and meanings: atoll.proto.
 */

/** Raised whenever a message changes its meaning; ends of different versions refuse each other. */
export const PROTOCOL_VERSION = 4;

/** Everything, besides its elites, that an island needs to go on exactly where it was. */
export interface Checkpoint {
  readonly totals: Totals;
  /** {@link RandomStream.save}: 16 bytes. */
  readonly random: Uint8Array;
  /** {@link Emitter.save}: 1 to {@link MAX_EMITTER_BYTES} bytes; absent for an emitter that has learnt nothing. */
  readonly emitter?: Uint8Array;
}

/** A checkpoint is sent ten times a second. */
export const MAX_EMITTER_BYTES = 65_536;

/** The cells that a genome won, and its origin; `classIds` and `confidences` run in parallel. */
interface Found {
  readonly classIds: readonly number[];
  readonly confidences: readonly number[];
  readonly parent?: { readonly digest: Digest; readonly classId: number };
  readonly evaluation: number;
  /** {@link Descent.cost} */
  readonly cost?: number;
  readonly island: number;
}

/** One genome and all the classes that it won: at least one. */
export interface Entry extends Found {
  /** Canonical bytes. */
  readonly genome: Uint8Array;
}

/**
 * A direct genome that had lost its classes to later ones before it was sent. It is known by its digest: nobody keeps its
 * bytes. It is history, and never enters an archive.
 */
export interface Ancestor extends Found {
  readonly digest: Digest;
}

/** An island sends a find for each genome that won a cell. */
export type Find = Entry | Ancestor;

export interface Join {
  readonly worker: string;
  readonly pid: number;
}

/**
 * Where a worker finds the model, its card and its labels: in a folder of the coordinator's machine, or as a package in
 * the broker's object store, by its SHA-256.
 */
export type ModelPlace =
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'package'; readonly digest: Digest };

export interface Welcome {
  readonly island: number;
  /** The run's spec, as JSON, defaults filled in. */
  readonly spec: string;
  readonly modelDigest: string;
  readonly model: ModelPlace;
  /** The island's share of the budget in evaluations; 0: none. */
  readonly evaluationQuota: number;
  /** The same in forward passes. */
  readonly costQuota: number;
  readonly neighbours: readonly number[];
  readonly checkpoint?: Checkpoint;
  readonly elites: readonly Entry[];
  /** Islands whose migrants are not to be taken. */
  readonly suspects: readonly number[];
}

/** What came from another island, and how many cells of this one it won. */
export interface Arrival {
  readonly source: number;
  /** Elites, one a class: 0 … 2³²−1. */
  readonly moved: number;
  readonly won: number;
}

/** Superseded elites that an island dropped, one a class: it was cut off for too long to keep them. */
export interface Gap {
  readonly dropped: number;
  /** Of the island: when the first and the last of them were born. */
  readonly fromEvaluation: number;
  readonly toEvaluation: number;
}

export interface Improvements {
  readonly island: number;
  readonly sequence: number;
  /** In the order in which they won. */
  readonly entries: readonly Find[];
  /** Absent where more of the same flush follows: the island's state is only whole with the last message. */
  readonly checkpoint?: Checkpoint;
  /** Since the flush before; only beside a checkpoint, with which it is counted once or not at all. */
  readonly arrivals?: readonly Arrival[];
  /** The same; absent where nothing was dropped. */
  readonly gap?: Gap;
}

export interface Heartbeat {
  readonly island: number;
  readonly device: string;
  readonly modelDigest: string;
  readonly totals: Totals;
}

export interface Migrants {
  readonly island: number;
  readonly destinations: readonly number[];
  readonly entries: readonly Entry[];
}

export type Command =
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  /** Whom to send migrants to, and whose migrants are not to be taken. */
  | {
      readonly type: 'neighbours';
      readonly islands: readonly number[];
      readonly suspects: readonly number[];
    };

/** The coordinator asks an island to draw and score a genome that another island sent. */
export interface Audit {
  /** The answer names it. */
  readonly number: number;
  /** Canonical bytes. */
  readonly genome: Uint8Array;
  readonly classIds: readonly number[];
}

/** What an island finds the confidences of an audited genome to be. */
export interface Audited {
  readonly island: number;
  readonly number: number;
  /** One for each class of the audit, in its order; NaN where the network gives no number. */
  readonly confidences: readonly number[];
}

/**
 * How an island ends. `done`: its share of the budget is used up, or the run has ended. `left`: its worker was told to
 * leave, and another may take it up. `failed`: its worker may be started again. `unfit`: that cannot help.
 */
export const ENDINGS = ['done', 'left', 'failed', 'unfit'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Farewell {
  readonly island: number;
  readonly ending: Ending;
  /** Why it left, failed or is unfit; empty when it is done. */
  readonly error: string;
  readonly totals: Totals;
}

export type Message =
  | ({ readonly type: 'join' } & Join)
  | ({ readonly type: 'welcome' } & Welcome)
  | { readonly type: 'refusal'; readonly reason: string }
  | ({ readonly type: 'improvements' } & Improvements)
  | { readonly type: 'stored'; readonly sequence: number }
  | ({ readonly type: 'heartbeat' } & Heartbeat)
  | ({ readonly type: 'migrants' } & Migrants)
  | { readonly type: 'command'; readonly command: Command }
  | ({ readonly type: 'farewell' } & Farewell)
  | ({ readonly type: 'audit' } & Audit)
  | ({ readonly type: 'audited' } & Audited);
