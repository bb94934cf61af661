import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { BadInputError, messageOf } from '../../protocol/base/errors.js';
import type { SqlRow } from './rows.js';
import { explain } from './store-errors.js';

export type Value = number | string | Uint8Array | null;

/** An open SQLite file. Errors that a person can do something about come as {@link BadInputError}. */
export interface Connection {
  /** Runs statements that take and give nothing. */
  exec(sql: string): void;
  /** Runs one statement. `changes`: rows that it wrote; `lastId`: of the row inserted last, by it or one before it. */
  run(sql: string, ...values: readonly Value[]): { readonly changes: number; readonly lastId: number };
  rows(sql: string, ...values: readonly Value[]): SqlRow[];
  /** Runs `work` in one transaction that holds the write lock: all of it is done, or nothing. */
  transaction(work: () => void): void;
  close(): void;
}

/**
 * `read`: never writes, works beside a writer. `write`: the file must be there. `create`: it is made when missing.
 * Never open such a file by other means in the same process: closing that would drop SQLite's locks on it (POSIX).
 */
export type Mode = 'read' | 'write' | 'create';

const URI_MODES = { read: 'ro', write: 'rw', create: 'rwc' } as const satisfies Record<Mode, string>;

/** Opens a SQLite file. `busyMilliseconds`: how long to wait for another program's lock. */
export function connect(path: string, mode: Mode, busyMilliseconds = 5000): Connection {
  const database = open(path, mode, busyMilliseconds);
  const statements = new Map<string, Database.Statement>();

  function prepare(sql: string): Database.Statement {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  function guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explain(error, path);
    }
  }

  const exec = (sql: string) => guard(() => void database.exec(sql));
  return {
    exec,
    // The values go in as one array: a lone object would be taken for named parameters.
    run: (sql, ...values) =>
      guard(() => {
        const { changes, lastInsertRowid } = prepare(sql).run(values);
        return { changes, lastId: Number(lastInsertRowid) };
      }),
    // `get` would leave the statement half way, and with it a read transaction: always read to the end.
    rows: (sql, ...values) =>
      guard(() =>
        prepare(sql)
          .all([...values])
          .map(asRow),
      ),
    transaction(work) {
      exec('BEGIN IMMEDIATE');
      try {
        work();
        exec('COMMIT');
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close() {
      statements.clear();
      if (database.open) database.close();
    },
  };
}

function open(path: string, mode: Mode, timeout: number): Database.Database {
  try {
    return new Database(`${pathToFileURL(path).href}?mode=${URI_MODES[mode]}`, { timeout });
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_STORE_OPEN',
      problem: `The database ${path} cannot be opened (${messageOf(cause)})`,
      fix: 'Check that the file exists and that you may read and write it',
      cause,
    });
  }
}

function asRow(value: unknown): SqlRow {
  if (typeof value !== 'object' || value === null) throw new TypeError('a row is not an object');
  return { ...value };
}
