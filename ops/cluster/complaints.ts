import { BadInputError } from '../../protocol/base/errors.js';

/** Why children could not work. While none does, reasons wait: they may be the same for all, and the whole result. */
export interface Complaints {
  /** A child says why it ends. */
  hear(child: string, sentence: string): void;
  /** Why a child ended: what it said itself, or else `how`. Forgets what it said. */
  reasonOf(child: string, how: string): string;
  /** A child is not started again; `tell` tells the operator, and is called once for each reason. */
  giveUp(reason: string, tell: () => void): void;
  /** A child has begun to work. */
  worked(): void;
  /** Throws a {@link BadInputError} when children gave up and none ever worked. */
  check(): void;
}

export function createComplaints(): Complaints {
  const heard = new Map<string, string>();
  /** By their reasons: at most one for each child. */
  const notes = new Map<string, () => void>();
  let count = 0;
  let working = false;
  return {
    hear: (child, sentence) => void heard.set(child, sentence),
    reasonOf(child, how) {
      const reason = heard.get(child) ?? how;
      heard.delete(child);
      return reason;
    },
    giveUp(reason, tell) {
      count++;
      if (notes.has(reason)) return;
      notes.set(reason, tell);
      if (working) tell();
    },
    worked() {
      if (!working) for (const tell of notes.values()) tell();
      working = true;
    },
    check() {
      const [reason] = notes.keys();
      if (working || reason === undefined) return;
      throw new BadInputError({
        code: 'ERR_ISLANDS_FAILED',
        problem: `None of the ${count} islands could work. The first one said: ${reason}`,
        fix: 'Correct that, then start the worker again',
      });
    },
  };
}
