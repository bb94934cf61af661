import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BadInputError, codeOf } from '../../protocol/base/errors.js';
import { type Connection, connect } from '../store/connection.js';
import { integer, text } from '../store/rows.js';

/** The process that has a run directory. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly since: Date;
}

export interface RunLock {
  /** Safe to call twice. */
  release(): void;
}

/**
 * The lock is an open write transaction on a small database: the kernel ends it with the process, however that dies,
 * so it cannot go stale. In WAL mode others can read meanwhile who the owner is.
 */
const LOCK_FILE = 'lock.db';

/** How long a second process waits before it is told: the first holds the lock for good, or lets go at once. */
const PATIENCE_MS = 250;

const ATTEMPTS = 20;

/**
 * Takes a run directory for this process. Throws a {@link BadInputError} that names the owner when there is one.
 * Reading (export, verify, list) needs no lock.
 */
export function lockRun(directory: string, owner: Omit<LockOwner, 'host'>): RunLock {
  const path = join(directory, LOCK_FILE);
  const connection = connect(path, 'create', PATIENCE_MS);
  try {
    prepare(connection, directory);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryToHold(connection, owner)) return lockOver(connection);
    }
    throw locked(directory, readOwner(connection));
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The process that has the directory at this moment; undefined: none. */
export async function lockOwner(directory: string): Promise<LockOwner | undefined> {
  const path = join(directory, LOCK_FILE);
  try {
    await stat(path);
  } catch {
    // No lock file: it was never locked.
    return undefined;
  }
  const connection = connect(path, 'write', 0);
  try {
    connection.exec('BEGIN IMMEDIATE');
    connection.exec('ROLLBACK');
    return undefined;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return readOwner(connection);
  } finally {
    connection.close();
  }
}

function prepare(connection: Connection, directory: string): void {
  try {
    connection.rows('PRAGMA journal_mode = WAL');
    connection.exec(
      'CREATE TABLE IF NOT EXISTS owner (token TEXT, pid INTEGER, host TEXT, command TEXT, since INTEGER) STRICT',
    );
    connection.exec('BEGIN IMMEDIATE');
    connection.exec('ROLLBACK');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw locked(directory, readOwner(connection));
  }
}

/**
 * Says who we are, then holds. Another process may slip in between the two: then its name stands there, or it holds,
 * and we try again.
 */
function tryToHold(connection: Connection, { pid, command, since }: Omit<LockOwner, 'host'>): boolean {
  const token = randomBytes(16).toString('hex');
  try {
    connection.transaction(() => {
      connection.exec('DELETE FROM owner');
      connection.run(
        'INSERT INTO owner (token, pid, host, command, since) VALUES (?, ?, ?, ?, ?)',
        token,
        pid,
        hostname(),
        command,
        since.getTime(),
      );
    });
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
  if (connection.rows('SELECT token FROM owner')[0]?.token === token) return true;
  connection.exec('ROLLBACK');
  return false;
}

function lockOver(connection: Connection): RunLock {
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      connection.exec('ROLLBACK');
      connection.close();
    },
  };
}

function readOwner(connection: Connection): LockOwner | undefined {
  const row = connection.rows('SELECT pid, host, command, since FROM owner')[0];
  if (row === undefined) return undefined;
  return {
    pid: integer(row, 'pid'),
    host: text(row, 'host'),
    command: text(row, 'command'),
    since: new Date(integer(row, 'since')),
  };
}

function isBusy(error: unknown): boolean {
  return codeOf(error) === 'ERR_STORE_BUSY';
}

function locked(directory: string, owner: LockOwner | undefined): BadInputError {
  const who =
    owner === undefined
      ? 'another process'
      : `process ${owner.pid} on ${owner.host} (${owner.command}), since ${owner.since.toISOString()}`;
  return new BadInputError({
    code: 'ERR_RUN_LOCKED',
    problem: `The run ${directory} is in use by ${who}`,
    fix: 'Stop that process first, or wait until it is done',
  });
}
