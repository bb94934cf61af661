import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BadInputError } from '../../protocol/base/errors.js';
import { codeOf } from '../store/store-errors.js';

/**
 * Writes a file whole or not at all: under another name in the same directory first, on the disk, then renamed.
 * `mode`: its permissions, before the process's umask.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await discard(temporary);
    throw explainWriting(error, path);
  }
}

/**
 * Makes a directory and those above it that are missing, and returns how to take back those it made, as far as they are
 * empty. Node's own recursive `mkdir` never returns where the file system answers ENOENT for good (/proc), and does not
 * say all that it made.
 */
export async function makeDirectory(path: string): Promise<() => Promise<void>> {
  const parent = dirname(path);
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return async () => undefined;
    if (codeOf(error) !== 'ENOENT' || parent === path || (await isThere(parent))) throw error;
    const takeParentBack = await makeDirectory(parent);
    try {
      await mkdir(path);
    } catch (cause) {
      await takeParentBack();
      throw cause;
    }
    return async () => {
      await rmdir(path).catch(() => undefined);
      await takeParentBack();
    };
  }
  return () => rmdir(path).catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Removes what was written so far, if anything was; an error of its own would hide the one that led here. */
export async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** A name beside `path` that nobody else uses; `.tmp` files are never part of a run. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Why a path cannot be written, as the end of a sentence, and what can be done. */
interface Reason {
  readonly code?: 'ERR_DISK_FULL';
  readonly why: string;
  readonly fix: string;
}

const FULL: Reason = { code: 'ERR_DISK_FULL', why: 'the disk is full', fix: 'Free some space and try again' };
const FORBIDDEN: Reason = {
  why: 'you may not write to its directory',
  fix: 'Choose another directory, or change its permissions',
};

const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: FULL,
  SQLITE_FULL: FULL,
  EDQUOT: { why: 'your disk quota is used up', fix: 'Free some space and try again' },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: { why: 'its file system is read-only', fix: 'Choose a directory on another file system' },
  ENOTDIR: { why: 'a part of this path is a file, not a directory', fix: 'Choose another directory' },
  ENOENT: { why: 'its directory does not exist', fix: 'Make the directory first' },
};

/**
 * The error that a person should see for one of the file system's; any other error comes back as it is. One that was
 * explained already, for a temporary name, is explained again for `path`.
 */
export function explainWriting(error: unknown, path: string): unknown {
  const cause = error instanceof BadInputError ? error.cause : undefined;
  const reason = REASONS[codeOf(error)] ?? REASONS[codeOf(cause)];
  if (reason === undefined) return error;
  const { code = 'ERR_NOT_WRITABLE', why, fix } = reason;
  return new BadInputError({ code, problem: `${path} cannot be written: ${why}`, fix, cause: error });
}
