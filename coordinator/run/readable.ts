import { codeOf, messageOf } from '../../protocol/base/errors.js';
import { ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { type Connection, connect } from '../store/connection.js';
import { blob, optional } from '../store/rows.js';
import { checkIdentity } from '../store/sqlite-reader.js';
import { corrupt, explain } from '../store/store-errors.js';

/** What is read of each table, in all versions of the format. */
const TABLES: Readonly<Record<string, string>> = {
  class: 'id, label',
  genome: 'id, digest, encoding, bytes, size, nodes, connections, parent, parent_class, island, evaluation',
  jump: 'id, class_id, genome_id, confidence, previous_confidence, goal_switch, evaluation, time',
  elite: 'class_id, jump_id, genome_id, confidence',
  island: `number, worker, state, device, evaluations, generations, jumps, goal_switches, render_seconds,
    classify_seconds, neutral, random`,
  event: 'id, time, kind, detail',
};

/** Columns of text; of tables with a row for each genome, only what is not as it must be. */
const TEXTS: Readonly<Record<string, readonly (readonly [column: string, where: string])[]>> = {
  class: [['label', '']],
  genome: [['encoding', `WHERE encoding NOT IN (${ENCODING_NAMES.map((name) => `'${name}'`).join(', ')})`]],
  island: [
    ['worker', ''],
    ['state', ''],
    ['device', ''],
  ],
  event: [
    ['kind', ''],
    ['detail', ''],
  ],
  spec: [
    ['key', ''],
    ['value', ''],
  ],
};

/**
 * Throws a {@link BadInputError} when an archive has not the tables of one, or when a text in it is not UTF-8: the
 * library that reads SQLite would end the process at such a text, so it has to be looked for as bytes.
 */
export function checkReadable(connection: Connection, path: string): void {
  try {
    for (const [table, columns] of Object.entries(TABLES)) {
      connection.rows(`SELECT ${columns} FROM ${table} LIMIT 0`);
    }
  } catch (cause) {
    if (codeOf(cause) !== 'SQLITE_ERROR') throw cause;
    throw corrupt(path, `has not the tables of an archive (${messageOf(cause)})`, cause);
  }
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (const [table, columns] of Object.entries(TEXTS)) {
    const found = connection.rows('SELECT 1 FROM sqlite_master WHERE name = ?', table);
    if (found.length === 0) continue;
    for (const [column, where] of columns) {
      for (const row of connection.rows(`SELECT CAST(${column} AS BLOB) AS text FROM ${table} ${where}`)) {
        try {
          utf8.decode(optional(blob, row, 'text'));
        } catch (cause) {
          throw corrupt(path, `is damaged (a ${column} in the table ${table} is not text)`, cause);
        }
      }
    }
  }
}

/** The same of an archive that is opened by others afterwards. */
export function checkReadableFile(path: string): void {
  const connection = connect(path, 'read');
  try {
    checkIdentity(connection, path);
    checkReadable(connection, path);
  } catch (error) {
    throw explain(error, path);
  } finally {
    connection.close();
  }
}
