import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative, sep } from 'node:path';
import { BadInputError, reasonOf } from '../../protocol/errors.js';

/** SHA-256 of a file, 64 lower-case hexadecimal digits, read as a stream; rejects with the system's error. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The digest of a model: of its file where it has one alone. Where it has several, SHA-256 of the lines
 * `NAME SHA256\n`, one a file, sorted by name (as bytes), NAME relative to `directory` with `/` between folders.
 * Rejects with a {@link BadInputError} (`ERR_MODEL_MISSING`) when one of them cannot be read.
 */
export async function digestModel(files: readonly string[], directory: string): Promise<string> {
  try {
    return await digestOf(files, directory);
  } catch (cause) {
    throw new BadInputError({
      code: 'ERR_MODEL_MISSING',
      problem: `The model in ${directory} has ${files.length} files, and ${cause instanceof Error && 'path' in cause ? cause.path : 'one'} cannot be read (${reasonOf(cause)})`,
      fix: 'Fetch the whole model again',
      cause,
    });
  }
}

async function digestOf(files: readonly string[], directory: string): Promise<string> {
  const [only] = files;
  if (only !== undefined && files.length === 1) return digestFile(only);
  const lines = await Promise.all(
    files.map(
      async (file) => `${relative(directory, file).split(sep).join('/')} ${await digestFile(file)}\n`,
    ),
  );
  return createHash('sha256').update(lines.sort(byBytes).join('')).digest('hex');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
