import type { IslandRecord, Jump, Store, StoredEvent } from './store/store.js';

/** What a commit stored. */
export interface Committed {
  readonly jumps: readonly Jump[];
  readonly messages: number;
}

/** Collects what is to be stored, so that many messages share one transaction and one wait for the disk. */
export interface Ledger {
  addJump(jump: Jump): void;
  addEvent(event: StoredEvent): void;
  /** The island's record has changed. */
  touch(island: number): void;
  /**
   * A message whose content, about so many bytes, is in the ledger now; `ack` is called when that is stored, and never
   * before.
   */
  addMessage(ack: () => void, bytes: number): void;
  readonly messages: number;
  readonly bytes: number;
  readonly empty: boolean;
  /**
   * Stores everything in one transaction, then acknowledges the messages in their order. What the store throws is
   * passed on, with nothing acknowledged and nothing forgotten.
   */
  commit(): Committed;
}

export function createLedger(store: Store, record: (island: number) => IslandRecord | undefined): Ledger {
  let jumps: Jump[] = [];
  let events: StoredEvent[] = [];
  let acks: (() => void)[] = [];
  let bytes = 0;
  const touched = new Set<number>();
  const isEmpty = () => jumps.length + events.length + acks.length + touched.size === 0;

  return {
    addJump: (jump) => void jumps.push(jump),
    addEvent: (event) => void events.push(event),
    touch: (island) => void touched.add(island),
    addMessage(ack, more) {
      acks.push(ack);
      bytes += more;
    },
    get messages() {
      return acks.length;
    },
    get bytes() {
      return bytes;
    },
    get empty() {
      return isEmpty();
    },
    commit() {
      const islands = [...touched].map(record).filter((known) => known !== undefined);
      if (!isEmpty()) store.commit({ jumps, islands, events });
      const committed = { jumps, messages: acks.length };
      const stored = acks;
      jumps = [];
      events = [];
      acks = [];
      bytes = 0;
      touched.clear();
      for (const ack of stored) ack();
      return committed;
    },
  };
}
