import { readFile, stat } from 'node:fs/promises';

/** Texts about a model (labels, cards, metadata) are small: what is larger is something else. */
export const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * A file, whole. Devices and pipes are refused, for they may have no end, and files of more than `maxBytes`. Rejects
 * with the system's error, or one whose message says why, for a sentence that has named the file.
 */
export async function readPlainFile(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const found = await stat(path);
  // A directory has the system's own error.
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is not a regular file');
  if (found.size > maxBytes) throw new Error(`it has ${found.size} bytes, more than ${maxBytes}`);
  return readFile(path);
}
