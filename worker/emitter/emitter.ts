import type { MergeStatus } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import type { Genome } from '../../protocol/genome/genome.js';

/** A genome to evaluate, and the elite that it comes from, when it has one. */
export interface Offspring {
  readonly genome: Genome;
  readonly parent?: Elite;
}

/** What became of an offspring. */
export interface Outcome {
  readonly offspring: Offspring;
  /** Confidence for every class. */
  readonly confidences: Float32Array;
  /** The best status it reached in any cell. */
  readonly status: MergeStatus;
}

/** Where offspring come from (the word is pyribs'). */
export interface Emitter {
  /** n genomes to evaluate. */
  ask(n: number): readonly Offspring[];
  /**
   * Learns from what became of them, in the order asked. The genomes of those that were `kept` out of every cell are the
   * emitter's again: it may use their memory for the next.
   */
  tell(outcomes: readonly Outcome[]): void;
}
