import { trace } from '../../protocol/base/trace.js';
import type { Checkpoint } from '../../protocol/wire/messages.js';
import { COUNTERS } from '../../protocol/wire/totals.js';
import { type Connection, connect, type Value } from './connection.js';
import { writeHistory } from './history-writer.js';
import { insertionInto, insertRows } from './insert-rows.js';
import { text } from './rows.js';
import { COUNTER_COLUMNS, SCHEMA, SCHEMA_VERSION, UPGRADES } from './schema.js';
import { checkIdentity, readerOver } from './sqlite-reader.js';
import { type IslandRecord, isLater, type Migration, type Store, type StoredEvent } from './store.js';
import { corrupt } from './store-errors.js';

/** Makes a new `archive.db` for a network with these labels, in which nothing has happened yet. */
export function createSqliteStore(path: string, labels: readonly string[]): Store {
  const connection = connect(path, 'create');
  return closingOnFailure(connection, () => {
    configure(connection);
    connection.transaction(() => {
      connection.exec(SCHEMA);
      labels.forEach((label, id) => {
        connection.run('INSERT INTO class (id, label) VALUES (?, ?)', id, label);
      });
    });
    return storeOver(connection, path);
  });
}

/**
 * Opens the `archive.db` of a run to go on with it. Throws a {@link BadInputError} when it is missing, damaged, of
 * another program or of a later version; one of an earlier version is upgraded. The whole file is looked through:
 * better to hear of damage now than later.
 */
export function openSqliteStore(path: string): Store {
  const connection = connect(path, 'write');
  return closingOnFailure(connection, () => {
    const version = checkIdentity(connection, path);
    const [row] = connection.rows('PRAGMA quick_check(1)');
    const verdict = row === undefined ? 'no verdict' : text(row, 'quick_check');
    if (verdict !== 'ok') throw corrupt(path, `is damaged (${verdict.replaceAll('\n', ' ')})`);
    configure(connection);
    // First: an upgrade may read them.
    addCounters(connection);
    if (version !== SCHEMA_VERSION) upgrade(connection, version);
    return storeOver(connection, path);
  });
}

/** All steps in one transaction: a file is of one version or of the other. */
function upgrade(connection: Connection, from: number): void {
  connection.transaction(() => {
    for (let version = from; version < SCHEMA_VERSION; version++)
      connection.exec(UPGRADES.get(version) ?? '');
    connection.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

/** Adds the counters that are younger than the file; its islands have counted nothing of them. */
function addCounters(connection: Connection): void {
  const known = new Set(connection.rows('PRAGMA table_info(island)').map((row) => text(row, 'name')));
  const missing = COUNTER_COLUMNS.filter((column) => !known.has(column.replace(/ .*/, '')));
  if (missing.length === 0) return;
  connection.transaction(() => {
    for (const column of missing) connection.exec(`ALTER TABLE island ADD COLUMN ${column} DEFAULT 0`);
  });
}

function closingOnFailure<T>(connection: Connection, work: () => T): T {
  try {
    return work();
  } catch (error) {
    connection.close();
    throw error;
  }
}

function configure(connection: Connection): void {
  connection.rows('PRAGMA journal_mode = WAL'); // readers beside the writer, one fsync a commit
  connection.exec('PRAGMA synchronous = FULL'); // what was acknowledged survives a power cut
  connection.exec('PRAGMA foreign_keys = ON');
  // Thousands of jumps a second write the same pages over and over: they are rarely copied into the file
  // (after 16 MiB, which a run needs on its disk beside the file), and kept at hand.
  connection.rows('PRAGMA wal_autocheckpoint = 4096');
  connection.exec('PRAGMA cache_size = -16384');
}

function storeOver(connection: Connection, path: string): Store {
  const reader = readerOver(connection, path);
  /** As they are stored: nothing else writes them. */
  const holders = new Map(reader.islands().map((island) => [island.number, island]));
  const checkpoints = new Map(reader.islands().map(({ number, checkpoint }) => [number, checkpoint]));
  let closed = false;
  return {
    ...reader,
    commit({ genomes, jumps, islands, events, migrations }) {
      const changed = islands.filter((island) => !isHeldAlike(island, holders.get(island.number)));
      const later = islands.filter(
        (island): island is Later =>
          island.checkpoint !== undefined && isLater(island.checkpoint, checkpoints.get(island.number)),
      );
      connection.transaction(() => {
        writeHistory(connection, genomes, jumps);
        for (const island of changed) writeIsland(connection, island);
        writeCheckpoints(connection, later);
        for (const event of events) writeEvent(connection, event);
        for (const migration of migrations) writeMigration(connection, migration);
      });
      // Copied: the caller may go on changing them.
      for (const island of changed) holders.set(island.number, { ...island });
      for (const { number, checkpoint } of later) checkpoints.set(number, checkpoint);
    },
    close() {
      if (closed) return;
      closed = true;
      tidy(connection);
      connection.close();
    },
  };
}

/** An island whose checkpoint is later than what is stored. */
type Later = IslandRecord & { readonly checkpoint: Checkpoint };

function isHeldAlike(island: IslandRecord, before: IslandRecord | undefined): boolean {
  return island.worker === before?.worker && island.state === before.state && island.device === before.device;
}

/** Leaves one whole file to copy and to cite, without a journal beside it; where someone still reads, it stays. */
function tidy(connection: Connection): void {
  try {
    connection.rows('PRAGMA wal_checkpoint(TRUNCATE)');
    connection.rows('PRAGMA journal_mode = DELETE');
  } catch (error) {
    // The journal is whole, and the next process that opens the file goes on with it.
    trace('closing the journal of the archive', error);
  }
}

function writeIsland(connection: Connection, { number, worker, state, device }: IslandRecord): void {
  connection.run(
    `INSERT INTO island (number, worker, state, device) VALUES (?, ?, ?, ?)
     ON CONFLICT (number) DO UPDATE SET worker = excluded.worker, state = excluded.state, device = excluded.device`,
    number,
    worker,
    state,
    device,
  );
}

const STATE_COLUMNS = [
  'worker',
  'state',
  'device',
  ...COUNTERS.map(({ column }) => column),
  'random',
  'emitter',
];

const CHECKPOINTS = insertionInto(
  'island',
  ['number', ...STATE_COLUMNS],
  `ON CONFLICT (number) DO UPDATE SET ${STATE_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`,
);

/** With all that is said of the islands besides. */
function writeCheckpoints(connection: Connection, islands: readonly Later[]): void {
  const rows: Value[] = [];
  for (const { number, worker, state, device, checkpoint } of islands) {
    const { totals, random, emitter } = checkpoint;
    rows.push(number, worker, state, device);
    for (const { key } of COUNTERS) rows.push(totals[key]);
    rows.push(random, emitter ?? null);
  }
  insertRows(connection, CHECKPOINTS, rows);
}

function writeEvent(connection: Connection, { time, kind, detail }: StoredEvent): void {
  connection.run(
    'INSERT INTO event (time, kind, detail) VALUES (?, ?, ?)',
    time,
    kind,
    JSON.stringify(detail),
  );
}

function writeMigration(connection: Connection, { time, source, island, moved, won }: Migration): void {
  connection.run(
    `INSERT INTO migration (time, source, island, moved, won) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (time, source, island) DO UPDATE SET moved = moved + excluded.moved, won = won + excluded.won`,
    time,
    source,
    island,
    moved,
    won,
  );
}
