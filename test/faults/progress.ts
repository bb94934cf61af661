import type { Member } from './script.js';

/** Who has done well, and when: told by what goes over the lines. Times are of `performance.now()`. */
export interface Progress {
  /** A worker's improvement was stored, under this sequence of the stream. */
  stored(worker: number, sequence: number): void;
  /** The coordinator has acknowledged the message of this sequence. */
  committed(sequence: number): void;
  /** Whether a worker's improvement was stored since then, or one that was stored since then is committed. */
  since(time: number, who: Exclude<Member, 'broker'>): boolean;
}

export function createProgress(clock: () => number): Progress {
  const improved = new Map<number, number>();
  /** When what is not committed yet was stored. */
  const waiting = new Map<number, number>();
  let freshest = Number.NEGATIVE_INFINITY;
  return {
    stored(worker, sequence) {
      improved.set(worker, clock());
      waiting.set(sequence, clock());
    },
    committed(sequence) {
      freshest = Math.max(freshest, waiting.get(sequence) ?? freshest);
      waiting.delete(sequence);
    },
    since: (time, who) =>
      (who === 'coordinator' ? freshest : (improved.get(who) ?? Number.NEGATIVE_INFINITY)) >= time,
  };
}
