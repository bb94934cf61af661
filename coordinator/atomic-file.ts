import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BadInputError } from '../protocol/errors.js';
import { codeOf } from './store/store-errors.js';

/**
 * Writes a file whole or not at all: under another name in the same directory first, on the disk, then renamed.
 * `mode`: who may read it, before the process's umask.
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

const REASONS: Readonly<Record<string, { got: string; fix: string }>> = {
  ENOSPC: { got: 'a full disk', fix: 'free some space and try again' },
  SQLITE_FULL: { got: 'a full disk', fix: 'free some space and try again' },
  EDQUOT: { got: 'a used-up disk quota', fix: 'free some space and try again' },
  EACCES: { got: 'a directory that you may not write to', fix: 'choose another, or change its permissions' },
  EPERM: { got: 'a directory that you may not write to', fix: 'choose another, or change its permissions' },
  EROFS: { got: 'a read-only file system', fix: 'choose a directory elsewhere' },
  ENOTDIR: { got: 'a file where a directory should be', fix: 'choose another directory' },
  ENOENT: { got: 'no such directory', fix: 'make the directory first' },
};

/**
 * The error that a person should see for one of the file system's; any other error comes back as it is. One that was
 * explained already, for a temporary name, is explained again for `path`.
 */
export function explainWriting(error: unknown, path: string): unknown {
  const cause = error instanceof BadInputError ? error.cause : undefined;
  const reason = REASONS[codeOf(error)] ?? REASONS[codeOf(cause)];
  if (reason === undefined) return error;
  const code = reason.got === 'a full disk' ? 'ERR_DISK_FULL' : 'ERR_NOT_WRITABLE';
  return new BadInputError({ code, expected: `to write ${path}`, ...reason, cause: error });
}
