import { BadInputError, reasonOf } from '../../protocol/errors.js';
import { foreignKind } from './foreign.js';
import { readPlainFile } from './plain-file.js';

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
