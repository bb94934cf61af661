import { BadInputError, messageOf } from '../../protocol/errors.js';

/** The file is not what a run writes, or no longer. */
export function corrupt(path: string, got: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_STORE_CORRUPT',
    expected: `an archive that Atoll wrote at ${path}`,
    got,
    fix: 'take the run directory from a backup, or start a new run',
    cause,
  });
}

/** The error that a person should see for one of SQLite's; any other error comes back as it is. */
export function explain(error: unknown, path: string): unknown {
  if (error instanceof TypeError) return corrupt(path, `a damaged one (${messageOf(error)})`, error);
  const code = codeOf(error);
  // The index of the journal could not be made longer: the same disk, met elsewhere.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new BadInputError({
      code: 'ERR_DISK_FULL',
      expected: `room on the disk for ${path}`,
      got: 'a full disk',
      fix: 'free some space and resume the run; everything that was acknowledged is stored',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new BadInputError({
      code: 'ERR_DISK',
      expected: `a disk that takes ${path}`,
      got: `${messageOf(error)} (${code})`,
      fix: 'check the disk and the space on it, then resume the run; everything that was acknowledged is stored',
      cause: error,
    });
  }
  if (code === 'SQLITE_NOTADB') return corrupt(path, 'a file that is no SQLite database', error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(path, 'a damaged database', error);
  if (code.startsWith('SQLITE_READONLY')) {
    return new BadInputError({
      code: 'ERR_STORE_READ_ONLY',
      expected: `to be allowed to write ${path}`,
      got: 'a file or directory that is read-only',
      fix: 'copy the run directory to where it can be written',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new BadInputError({
      code: 'ERR_STORE_BUSY',
      expected: `${path} to ourselves`,
      got: 'another program that is writing to it',
      fix: 'close that program and try again',
      cause: error,
    });
  }
  return error;
}

/** SQLite's result code by name; empty for what is none of its errors. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
