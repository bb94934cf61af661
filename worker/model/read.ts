import { readFile } from 'node:fs/promises';
import { BadInputError, reasonOf } from '../../protocol/errors.js';

/** A model's file, whole; rejects with a {@link BadInputError} (`ERR_MODEL_MISSING`) when it cannot be read. */
export async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_MISSING',
      expected: `a model file at ${path}`,
      got: reasonOf(cause),
      fix: 'check the path',
      cause,
    });
  }
}
