import { BadInputError, codeOf, DiskFullError, messageOf } from '../../protocol/base/errors.js';

/** The file is not what a run writes, or no longer. `found` goes on after its path: `is damaged`. */
export function corrupt(path: string, found: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_STORE_CORRUPT',
    problem: `${path} ${found}`,
    fix: 'Restore the run directory from a backup, or start a new run',
    cause,
  });
}

/** The error that a person should see for one of SQLite's; any other error comes back as it is. */
export function explain(error: unknown, path: string): unknown {
  if (error instanceof TypeError) return corrupt(path, `is damaged (${messageOf(error)})`, error);
  const code = codeOf(error);
  // The index of the journal could not be made longer: the same disk, met elsewhere.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new DiskFullError(
      `The disk is full, so ${path} cannot be written`,
      'Free some space and resume the run; everything that was acknowledged is stored',
      error,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new BadInputError({
      code: 'ERR_DISK',
      problem: `The disk failed while ${path} was read or written (${messageOf(error)}, ${code})`,
      fix: 'Check the disk and the space on it, then resume the run; everything that was acknowledged is stored',
      cause: error,
    });
  }
  if (code === 'SQLITE_NOTADB') return corrupt(path, 'is not a SQLite database', error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(path, 'is a damaged database', error);
  if (code.startsWith('SQLITE_READONLY')) {
    return new BadInputError({
      code: 'ERR_STORE_READ_ONLY',
      problem: `${path} cannot be written, since the file or its directory is read-only`,
      fix: 'Copy the run directory to a place that you may write to',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new BadInputError({
      code: 'ERR_STORE_BUSY',
      problem: `Another program writes to ${path}`,
      fix: 'Close that program and try again',
      cause: error,
    });
  }
  return error;
}
