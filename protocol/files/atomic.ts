import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../base/errors.js';
import { trace } from '../base/trace.js';
import { explainWriting } from './write-errors.js';

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
      await rmdir(path).catch((error: unknown) => trace('removing a folder', error));
      await takeParentBack();
    };
  }
  return () => rmdir(path).catch((error: unknown) => trace('removing a folder', error));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    // Not there.
    () => false,
  );
}

/** Removes what was written so far, if anything was; an error of its own would hide the one that led here. */
export async function discard(path: string): Promise<void> {
  const removing = rm(path, { recursive: true, force: true });
  await removing.catch((error: unknown) => trace('removing what is half written', error));
}

/** A unique name beside `path`; `.tmp` files are never part of a run. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/**
 * Makes a directory whole or not at all: `fill` gets an empty one under another name in the same place, which is then
 * renamed. Rejects with the error of `fill` or of the system; nothing is left behind then.
 */
export async function makeDirectoryAtomic(
  path: string,
  fill: (building: string) => Promise<void>,
): Promise<void> {
  const building = temporaryName(path);
  let takeBack = async () => {};
  try {
    takeBack = await makeDirectory(building);
    await fill(building);
    await rename(building, path);
  } catch (error) {
    await discard(building);
    await takeBack();
    throw error;
  }
}

/** Whether a rename failed because there is something of that name. */
export function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error));
}
