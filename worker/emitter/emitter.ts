import type { MergeStatus } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { RandomStream } from '../../protocol/base/random.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { EmitterName } from '../../protocol/spec/emitter-names.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { ParentPool } from './selection.js';

/** A genome to evaluate, and the elite that it comes from, when it has one. */
export interface Offspring {
  readonly genome: Genome;
  readonly parent?: Elite;
  /** A class: the gradient of −log of its confidence by the genome's parameters is wanted as well. */
  readonly towards?: number;
}

/** What became of an offspring. */
export interface Outcome {
  /** The very object that the emitter gave. */
  readonly offspring: Offspring;
  /** Confidence for every class. */
  readonly confidences: Float32Array;
  /** The best status it reached in any cell. */
  readonly status: MergeStatus;
  /** What that is worth: the gain in log-odds over all cells (log-odds.ts). */
  readonly improvement: number;
  /** Forward passes that it took. */
  readonly cost: number;
  /** Of an offspring that goes `towards` a class. */
  readonly gradient?: Float32Array;
}

/** What an emitter is made of. */
export interface EmitterParts {
  /** What parents are drawn from. */
  readonly archive: ParentPool;
  readonly spec: Pick<RunSpec, 'encoding' | 'canvas' | 'channels' | 'evolution' | 'islands'>;
  /** The number of the island. */
  readonly island: number;
  /** The island's own stream. */
  readonly random: RandomStream;
  /** Generations done, from 0. */
  readonly generation: () => number;
  /** Genomes asked for before, since the island was founded: evaluations done, and those under way. */
  readonly evaluations: () => number;
  /** What {@link Emitter.save} gave when the island was left; absent: it has learnt nothing yet. */
  readonly saved?: Uint8Array;
}

/** Makes an emitter. Throws an Error when `saved` is not of the emitter's own format. */
export type EmitterMaker = (parts: EmitterParts) => Emitter;

/** Counts of an emitter since it was made; the island adds them to its counters. */
export interface EmitterReport {
  /** Offspring discarded because they would have drawn the same image as their parent. */
  readonly neutral: number;
}

/**
 * Where offspring come from (the word is pyribs'). Its output depends on its parts and on what it was told alone: one
 * that is made again from the same archive, random state, counts and saved bytes goes on as if it had never stopped.
 */
export interface Emitter {
  /** n genomes to evaluate; in the midst of a visit n at the most, and one at least. */
  ask(n: number): readonly Offspring[];
  /**
   * Learns from what became of them, in the order asked. The genomes of those that were `not-added` to any cell are the
   * emitter's again: it may use their memory for the next.
   */
  tell(outcomes: readonly Outcome[]): void;
  /**
   * What it has learnt, for {@link EmitterParts.saved}: up to {@link MAX_EMITTER_BYTES}, its first byte the version of its
   * format; undefined when it has learnt nothing. Called after `tell`, never between `ask` and `tell`. A visit is no part of
   * it: one that the end of a budget cuts short is not taken up again.
   */
  save(): Uint8Array | undefined;
  /**
   * True after a `tell` in the midst of a visit, several steps of which each needs what became of the one before: the
   * island goes on asking within the same step. Absent: it makes none.
   */
  readonly visiting?: boolean;
  /** Which of the emitters that a spec names the offspring come from that were last asked for; absent: none of them. */
  readonly name?: EmitterName;
  readonly report: EmitterReport;
}
