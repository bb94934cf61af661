import { readFile, stat } from 'node:fs/promises';
import { BadInputError, reasonOf } from '../../protocol/base/errors.js';
import { foreignKind } from './foreign.js';

/** Texts about a model (labels, cards, metadata) are small: what is larger is something else. */
export const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * A file, whole. Devices and pipes are refused, since they may have no end, and files of more than `maxBytes`. Rejects
 * with the system's error, or one whose message says why, for a sentence that has named the file.
 */
export async function readPlainFile(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const found = await stat(path);
  // A directory has the system's own error.
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is not a regular file');
  if (found.size > maxBytes) throw new Error(`it has ${found.size} bytes, more than ${maxBytes}`);
  return readFile(path);
}

/**
 * A model's file, whole. Rejects with a {@link BadInputError}: `ERR_MODEL_MISSING` when it cannot be read,
 * `ERR_MODEL_FILE` when it is a file of another kind (see foreign.ts).
 */
export async function readModelFile(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readPlainFile(path);
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_MISSING',
      problem: `The model ${path} cannot be read (${reasonOf(cause)})`,
      fix: 'Check the path',
      cause,
    });
  }
  const foreign = foreignKind(bytes, path);
  if (foreign === undefined) return bytes;
  throw new BadInputError({ code: 'ERR_MODEL_FILE', problem: foreign.what, fix: foreign.howTo });
}
