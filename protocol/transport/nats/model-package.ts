import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { BadInputError, messageOf } from '../../base/errors.js';

/**
 * A model's directory as one stream of bytes: a line of JSON that names the files and their sizes, then their contents
 * one after another. The same files give the same bytes, so SHA-256 of them names the model, wherever it lies.
 *
 * Why not a tar: its headers hold times, owners and modes, which would have to be fixed for a digest to mean anything; and
 * its links, devices and extended paths are what makes unpacking a stranger's archive dangerous. Here a package can name
 * regular files below its directory, and nothing else.
 */

const safePath = z
  .string()
  .max(255)
  .refine((path) =>
    path.split('/').every((part) => /^[^\\/\0:]+$/.test(part) && part !== '.' && part !== '..'),
  );

const headingSchema = z.strictObject({
  format: z.literal('atoll-model-1'),
  files: z
    .array(z.strictObject({ path: safePath, size: z.int().min(0) }))
    .min(1)
    .max(1000)
    .refine((files) => isTree(files.map(({ path }) => path))),
});

/** Whether no path is there twice, or is a folder of another. */
function isTree(paths: readonly string[]): boolean {
  const names = new Set(paths);
  const folders = paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)));
  return names.size === paths.length && !folders.some((folder) => names.has(folder));
}

type Heading = z.infer<typeof headingSchema>;

const LONGEST_HEADING = 1 << 20;
const CHUNK_BYTES = 1 << 17;

/** The package of a directory, chunk by chunk. Throws when a file changes its size meanwhile. */
export async function* packModel(directory: string): AsyncGenerator<Uint8Array> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const files = await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(join(directory, path))).size })),
  );
  const heading: Heading = { format: 'atoll-model-1', files };
  yield Buffer.from(`${JSON.stringify(heading)}\n`);
  for (const { path, size } of files) {
    let bytes = 0;
    for await (const chunk of createReadStream(join(directory, path), { highWaterMark: CHUNK_BYTES })) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== size) throw new Error(`${path} changed while it was read`);
  }
}

/** SHA-256 of a directory's package, 64 lower-case hexadecimal digits. */
export async function digestPackage(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of packModel(directory)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Writes a package's files into `directory`, which exists and is empty, and returns the package's SHA-256.
 * Rejects with a {@link BadInputError} (`ERR_MODEL_PACKAGE`) when it is not a package, or not whole.
 */
export async function unpackModel(chunks: AsyncIterable<Uint8Array>, directory: string): Promise<string> {
  const hash = createHash('sha256');
  const source = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  /** The next bytes, at most `limit`; empty at the end. */
  async function read(limit: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const { done, value } = await source.next();
      if (done) return rest;
      hash.update(value);
      rest = value;
    }
    const bytes = rest.subarray(0, limit);
    rest = rest.subarray(bytes.length);
    return bytes;
  }

  async function readHeading(): Promise<Heading> {
    let line = Buffer.alloc(0);
    while (!line.includes(10)) {
      const bytes = await read(CHUNK_BYTES);
      if (bytes.length === 0 || line.length > LONGEST_HEADING)
        throw broken('The model that the broker sent has no list of files');
      line = Buffer.concat([line, bytes]);
    }
    const end = line.indexOf(10);
    rest = Buffer.concat([line.subarray(end + 1), rest]);
    try {
      return headingSchema.parse(JSON.parse(line.subarray(0, end).toString('utf8')));
    } catch (cause) {
      throw broken('The model that the broker sent has a broken list of files', cause);
    }
  }

  async function readFile(path: string, size: number): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    try {
      for (let left = size; left > 0; ) {
        const bytes = await read(left);
        if (bytes.length === 0) throw broken(`The model that the broker sent ends ${left} bytes too early`);
        await file.write(bytes);
        left -= bytes.length;
      }
    } finally {
      await file.close();
    }
  }

  const { files } = await readHeading();
  for (const { path, size } of files) await readFile(join(directory, ...path.split('/')), size);
  if ((await read(1)).length > 0)
    throw broken('The model that the broker sent has more bytes than its list of files says');
  return hash.digest('hex');
}

function broken(problem: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_MODEL_PACKAGE',
    problem: cause === undefined ? problem : `${problem} (${messageOf(cause)})`,
    fix: 'Start the coordinator of the run again, which stores the model on the broker',
    cause,
  });
}
