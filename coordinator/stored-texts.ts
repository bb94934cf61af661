import { type Connection, connect } from './store/connection.js';
import { blob, optional } from './store/rows.js';
import { checkIdentity } from './store/sqlite-reader.js';
import { corrupt, explain } from './store/store-errors.js';

/** Columns of text; of tables with a row for each genome, only what is not as it must be. */
const TEXTS: Readonly<Record<string, readonly (readonly [column: string, where: string])[]>> = {
  class: [['label', '']],
  genome: [['encoding', "WHERE encoding NOT IN ('cppn', 'direct')"]],
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
 * Throws a {@link BadInputError} when a text in the archive is not UTF-8: the library that reads SQLite would end the
 * process at such a text, so it has to be looked for as bytes.
 */
export function checkTexts(connection: Connection, path: string): void {
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
export function checkArchiveTexts(path: string): void {
  const connection = connect(path, 'read');
  try {
    checkIdentity(connection, path);
    checkTexts(connection, path);
  } catch (error) {
    throw explain(error, path);
  } finally {
    connection.close();
  }
}
