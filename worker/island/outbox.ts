import { compareElites, type Elite } from '../../protocol/archive/elite.js';

/**
 * What an island has found and the coordinator has not stored: at most the best pending elite of each class,
 * so it is bounded by C however long nobody answers.
 */
export interface Outbox {
  /** Elites that wait, at most one a class. */
  readonly size: number;
  /** Takes elites in; each replaces a lesser one of its class. */
  add(elites: Iterable<Elite>): void;
  /** Empties the outbox, in class order. Whoever takes must `add` again what could not be sent. */
  take(): Elite[];
}

export function createOutbox(): Outbox {
  const pending = new Map<number, Elite>();
  return {
    get size() {
      return pending.size;
    },
    add(elites) {
      for (const elite of elites) {
        const other = pending.get(elite.classId);
        if (other === undefined || compareElites(elite, other) < 0) pending.set(elite.classId, elite);
      }
    },
    take() {
      const elites = [...pending.values()].sort((a, b) => a.classId - b.classId);
      pending.clear();
      return elites;
    },
  };
}
