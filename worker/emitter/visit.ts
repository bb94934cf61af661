import type { Offspring, Outcome } from './emitter.js';

/** What a visit has come to: it goes on, or it is over and made its class surer, or did not. */
export type Progress = 'under way' | 'gained' | 'in vain';

/** A visit of a class: pictures that are led towards it, each by what became of the one before. */
export interface Visit {
  readonly classId: number;
  /** What is asked for next. */
  readonly offspring: Offspring;
  /** Learns what became of {@link Visit.offspring}, and readies the next. */
  tell(outcome: Outcome): Progress;
}
