import { AtollError, BadInputError, codeOf, DiskFullError } from '../base/errors.js';

/** Why a path cannot be written, as the end of a sentence, and what can be done. */
interface Reason {
  readonly full?: true;
  readonly why: string;
  readonly fix: string;
}

const FULL: Reason = { full: true, why: 'the disk is full', fix: 'Free some space and try again' };
const FORBIDDEN: Reason = {
  why: 'you may not write to its directory',
  fix: 'Choose another directory, or change its permissions',
};
const TAKEN: Reason = { why: 'something else is there already', fix: 'Choose another directory' };

/** By the codes of the system and of SQLite. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: FULL,
  SQLITE_FULL: FULL,
  EDQUOT: { full: true, why: 'your disk quota is used up', fix: 'Free some space and try again' },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: { why: 'its file system is read-only', fix: 'Choose a directory on another file system' },
  ENOTDIR: { why: 'a part of this path is a file, not a directory', fix: 'Choose another directory' },
  ENOENT: { why: 'its directory does not exist', fix: 'Make the directory first' },
  EEXIST: TAKEN,
  ENOTEMPTY: TAKEN,
  EISDIR: TAKEN,
};

/**
 * The error that a person should see for one of the file system's: a {@link DiskFullError}, or a {@link BadInputError}
 * (`ERR_NOT_WRITABLE`); any other error comes back as it is. One that was explained already, for a temporary name, is
 * explained again for `path`.
 */
export function explainWriting(error: unknown, path: string): unknown {
  const cause = error instanceof AtollError ? error.cause : undefined;
  const reason = REASONS[codeOf(error)] ?? REASONS[codeOf(cause)];
  if (reason === undefined) return error;
  const { full, why, fix } = reason;
  const problem = `${path} cannot be written: ${why}`;
  return full
    ? new DiskFullError(problem, fix, error)
    : new BadInputError({ code: 'ERR_NOT_WRITABLE', problem, fix, cause: error });
}
