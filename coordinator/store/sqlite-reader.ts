import { BadInputError } from '../../protocol/base/errors.js';
import { ISLAND_STATES } from '../../protocol/base/states.js';
import { mapCounters } from '../../protocol/wire/totals.js';
import { type Connection, connect } from './connection.js';
import { blob, digest, integer, optional, real, type SqlRow, text } from './rows.js';
import { APPLICATION_ID, SCHEMA_VERSION, UPGRADES } from './schema.js';
import { createSqlitePast } from './sqlite-past.js';
import type { IslandRecord, Migration, RemovedJump, StoredElite, StoredEvent, StoreReader } from './store.js';
import { corrupt } from './store-errors.js';
import { createQuery, GENOME_COLUMNS, jumpColumns, readGenome, readJump } from './stored-rows.js';

/** Opens `archive.db` for reading, beside a run that goes on too. Throws a {@link BadInputError} for any other file. */
export function openSqliteReader(path: string): StoreReader {
  const connection = connect(path, 'read');
  try {
    checkIdentity(connection, path);
    return readerOver(connection, path);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The version of the archive; throws a {@link BadInputError} unless it is this one, or one that can be upgraded. */
export function checkIdentity(connection: Connection, path: string): number {
  const [id] = connection.rows('PRAGMA application_id');
  const [version] = connection.rows('PRAGMA user_version');
  if (id === undefined || version === undefined || integer(id, 'application_id') !== APPLICATION_ID) {
    throw corrupt(path, 'is empty, or a database of another program');
  }
  const found = integer(version, 'user_version');
  if (found === SCHEMA_VERSION || UPGRADES.has(found)) return found;
  throw new BadInputError({
    code: 'ERR_STORE_VERSION',
    problem: `${path} has version ${found} of the archive format, but this Atoll reads version ${SCHEMA_VERSION}`,
    fix: 'Use the version of Atoll that run.yaml names',
  });
}

/** A reader over an open connection, whose identity was checked; closing the reader closes it. */
export function readerOver(connection: Connection, path: string): StoreReader {
  const all = createQuery(connection, path);
  const hasTable = (name: string) =>
    all((row) => row, 'SELECT 1 FROM sqlite_master WHERE name = ?', name).length > 0;
  const labels = all((row) => text(row, 'label'), 'SELECT label FROM class ORDER BY id');
  return {
    ...createSqlitePast(all, labels.length),
    labels,
    elites: (classId) => {
      const sql = `SELECT ${jumpColumns(all)}, ${GENOME_COLUMNS} FROM elite JOIN jump ON jump.id = elite.jump_id
        JOIN genome ON genome.id = elite.genome_id`;
      if (classId !== undefined) return all(readElite, `${sql} WHERE elite.class_id = ?`, classId);
      return all(readElite, `${sql} ORDER BY elite.class_id`);
    },
    confidences: () =>
      Float32Array.from(
        all(
          (row) => optional(real, row, 'confidence') ?? 0,
          'SELECT confidence FROM class LEFT JOIN elite ON elite.class_id = class.id ORDER BY class.id',
        ),
      ),
    islands: () => all(readIsland, 'SELECT * FROM island ORDER BY number'),
    history: (classId, last = -1) => {
      const sql = `SELECT ${jumpColumns(all)} FROM jump JOIN genome ON genome.id = jump.genome_id`;
      if (classId === undefined) return all(readJump, `${sql} ORDER BY jump.id`);
      // From the end, so that a limit reads no more than it gives; SQLite takes a negative limit for no limit.
      const newest = `${sql} WHERE jump.class_id = ? ORDER BY jump.id DESC LIMIT ?`;
      return all(readJump, newest, classId, last).reverse();
    },
    genome: (digest) =>
      all(readGenome, `SELECT ${GENOME_COLUMNS} FROM genome WHERE digest = ?`, Buffer.from(digest, 'hex'))[0],
    events: () => all(readEvent, 'SELECT time, kind, detail FROM event ORDER BY id'),
    migrations: () => {
      // Version 1 has none; a writer may upgrade the file while it is read.
      if (!hasTable('migration')) return [];
      return all(readMigration, 'SELECT * FROM migration ORDER BY time, source, island');
    },
    removedJumps: () => {
      // The first repair makes it.
      if (!hasTable('removed_jump')) return [];
      const columns = 'class_id, genome.digest, confidence';
      return all(
        readRemoved,
        `SELECT ${columns} FROM removed_jump JOIN genome ON genome.id = genome_id ORDER BY removed_jump.id`,
      );
    },
    close: () => connection.close(),
  };
}

function readElite(row: SqlRow): StoredElite {
  return { jump: readJump(row), genome: { ...readGenome(row), bytes: blob(row, 'bytes') } };
}

function readIsland(row: SqlRow): IslandRecord {
  const state = ISLAND_STATES.find((known) => known === text(row, 'state'));
  if (state === undefined) throw new TypeError(`the column state must be one of ${ISLAND_STATES.join(', ')}`);
  const random = optional(blob, row, 'random');
  // An archive of an earlier Atoll that is only read has no such column.
  const emitter = 'emitter' in row ? optional(blob, row, 'emitter') : undefined;
  return {
    number: integer(row, 'number'),
    worker: text(row, 'worker'),
    state,
    device: text(row, 'device'),
    ...(random && {
      checkpoint: {
        random,
        ...(emitter && { emitter }),
        // A counter that is younger than the file has counted nothing in it.
        totals: mapCounters(({ column, unit }) =>
          column in row ? (unit === 'count' ? integer : real)(row, column) : 0,
        ),
      },
    }),
  };
}

function readEvent(row: SqlRow): StoredEvent {
  const detail: unknown = parseJson(text(row, 'detail'));
  if (typeof detail !== 'object' || detail === null)
    throw new TypeError('the column detail must be an object');
  return { time: integer(row, 'time'), kind: text(row, 'kind'), detail: { ...detail } };
}

function readMigration(row: SqlRow): Migration {
  return {
    time: integer(row, 'time'),
    source: integer(row, 'source'),
    island: integer(row, 'island'),
    moved: integer(row, 'moved'),
    won: integer(row, 'won'),
  };
}

function readRemoved(row: SqlRow): RemovedJump {
  return {
    classId: integer(row, 'class_id'),
    digest: digest(row, 'digest'),
    confidence: real(row, 'confidence'),
  };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new TypeError('the column detail must be JSON', { cause });
  }
}
