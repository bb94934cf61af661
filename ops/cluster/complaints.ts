import { BadInputError } from '../../protocol/base/errors.js';

/** Why children could not work. While none does, reasons wait: they may be the same for all, and the whole result. */
export interface Complaints {
  /** A child says why it ends. */
  hear(child: string, sentence: string): void;
  /** Why a child ended: what it said itself, or else `how`. Forgets what it said. */
  reasonOf(child: string, how: string): string;
  /** A child is not started again; `note` is for the operator. */
  giveUp(reason: string, note: string): void;
  /** A child has begun to work. */
  worked(): void;
  /** Throws a {@link BadInputError} when children gave up and none ever worked. */
  check(): void;
}

/** `say` takes notes for the operator, each reason once. */
export function createComplaints(say: (note: string) => void): Complaints {
  const heard = new Map<string, string>();
  /** Notes by their reasons: at most one for each child. */
  const notes = new Map<string, string>();
  let count = 0;
  let working = false;
  return {
    hear: (child, sentence) => void heard.set(child, sentence),
    reasonOf(child, how) {
      const reason = heard.get(child) ?? how;
      heard.delete(child);
      return reason;
    },
    giveUp(reason, note) {
      count++;
      if (notes.has(reason)) return;
      notes.set(reason, note);
      if (working) say(note);
    },
    worked() {
      if (!working) for (const note of notes.values()) say(note);
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
