import type { IslandRecord, Jump, Migration, Store, StoredEvent, StoredGenome } from '../store/store.js';

/** What a commit stored. */
export interface Committed {
  readonly jumps: readonly Jump[];
  readonly messages: number;
}

/** Collects what is to be stored, so that many messages share one transaction and one wait for the disk. */
export interface Ledger {
  /** Won a cell of its island. */
  addGenome(genome: StoredGenome): void;
  addJump(jump: Jump): void;
  addEvent(event: StoredEvent): void;
  /** Adds to what it holds of the same minute, source and island; `time` may be any in the minute. */
  addMigration(migration: Migration): void;
  /** The island's record has changed. */
  touch(island: number): void;
  /**
   * A message whose content, about `bytes` bytes, is in the ledger now; `ack` is called when that is stored, and never
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

/** The grain of the migration log. */
const MINUTE = 60_000;

export function createLedger(store: Store, record: (island: number) => IslandRecord | undefined): Ledger {
  let genomes: StoredGenome[] = [];
  let jumps: Jump[] = [];
  let events: StoredEvent[] = [];
  let acks: (() => void)[] = [];
  let bytes = 0;
  const touched = new Set<number>();
  const migrations = new Map<string, Migration>();
  const isEmpty = () =>
    genomes.length + jumps.length + events.length + acks.length + touched.size + migrations.size === 0;

  return {
    addGenome: (genome) => void genomes.push(genome),
    addJump: (jump) => void jumps.push(jump),
    addEvent: (event) => void events.push(event),
    addMigration({ source, island, ...migration }) {
      const time = migration.time - (migration.time % MINUTE);
      const key = `${time} ${source} ${island}`;
      const before = migrations.get(key) ?? { moved: 0, won: 0 };
      const [moved, won] = [before.moved + migration.moved, before.won + migration.won];
      migrations.set(key, { time, source, island, moved, won });
    },
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
      if (!isEmpty()) store.commit({ genomes, jumps, islands, events, migrations: [...migrations.values()] });
      const committed = { jumps, messages: acks.length };
      const stored = acks;
      genomes = [];
      jumps = [];
      events = [];
      acks = [];
      bytes = 0;
      touched.clear();
      migrations.clear();
      for (const ack of stored) ack();
      return committed;
    },
  };
}
