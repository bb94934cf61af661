import type { Audited } from '../../protocol/wire/messages.js';

/** A question that an island was asked. */
export interface OpenAudit {
  readonly number: number;
  /** The island that sent the image. */
  readonly sender: number;
  /** The island that was asked. */
  readonly asked: number;
  /** Canonical bytes. */
  readonly genome: Uint8Array;
  readonly classIds: readonly number[];
  /** What the sender says, one for each class. */
  readonly claimed: readonly number[];
}

/** The questions that wait for their answers: a bounded number of each island, for a bounded time. */
export interface OpenAudits {
  /** Whether the island may be asked one more. */
  hasRoom(island: number): boolean;
  add(audit: Omit<OpenAudit, 'number'>): OpenAudit;
  /** Takes out the question that this answers; undefined where that island was asked no such question. */
  close(answer: Audited): OpenAudit | undefined;
  /** Drops the questions that have waited for too long; returns how many. */
  expire(): number;
}

/** Questions that one island has at the most. */
const MOST = 32;
const PATIENCE_MS = 60_000;

export function createOpenAudits(clock: () => number): OpenAudits {
  /** Ascending by number, and so by age. */
  const open = new Map<number, OpenAudit & { readonly since: number }>();
  const counts = new Map<number, number>();
  let last = 0;

  function remove({ number, asked }: OpenAudit): void {
    open.delete(number);
    counts.set(asked, (counts.get(asked) ?? 1) - 1);
  }

  return {
    hasRoom: (island) => (counts.get(island) ?? 0) < MOST,
    add(question) {
      const audit = { ...question, number: ++last, since: clock() };
      open.set(audit.number, audit);
      counts.set(audit.asked, (counts.get(audit.asked) ?? 0) + 1);
      return audit;
    },
    close({ island, number, confidences }) {
      const audit = open.get(number);
      if (audit?.asked !== island || audit.classIds.length !== confidences.length) return undefined;
      remove(audit);
      return audit;
    },
    expire() {
      let expired = 0;
      for (const audit of open.values()) {
        if (clock() - audit.since <= PATIENCE_MS) break;
        remove(audit);
        expired++;
      }
      return expired;
    },
  };
}
