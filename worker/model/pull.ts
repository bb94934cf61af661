import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInputError, InterruptedError, messageOf, UnreachableError } from '../../protocol/base/errors.js';
import { trace } from '../../protocol/base/trace.js';
import { explainWriting } from '../../protocol/files/write-errors.js';
import { modelsDirectory } from './cache.js';
import { type CatalogueEntry, ZOO_URL } from './catalogue.js';

export interface PullOptions {
  /** What the entry's path is below; ends in `/`. Default: where the zoo's files are served. */
  readonly baseUrl?: string;
  /** Called for every piece that arrives: bytes so far, of all. */
  readonly onProgress?: (received: number, size: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Downloads a catalogued model to `directory/NAME.onnx` and returns that path. Bytes gather in `NAME.onnx.part`, where an
 * interrupted download goes on; the file gets its name only when its size and SHA-256 are the catalogue's. A file that
 * is there already and right is not fetched again.
 * Rejects with a {@link BadInputError} (`ERR_PULL`: nothing to download, refused by the server, other bytes than the
 * catalogue's; `ERR_NOT_WRITABLE`), a {@link DiskFullError}, an {@link UnreachableError}, or an {@link InterruptedError} when aborted.
 */
export async function pullModel(
  entry: CatalogueEntry,
  directory: string = modelsDirectory(),
  options: PullOptions = {},
): Promise<string> {
  const { download } = entry;
  if (download === undefined) {
    throw badPull(
      `${entry.name} cannot be downloaded: Atoll only knows its file`,
      'Type `atoll models` for those that can',
    );
  }
  const path = join(directory, `${entry.name}.onnx`);
  try {
    await mkdir(directory, { recursive: true });
    if (await isWhole(path, entry)) return path;
    const url = new URL(download.path, options.baseUrl ?? ZOO_URL);
    await fetchPart(url, `${path}.part`, entry, download.size, options);
    await rename(`${path}.part`, path);
    return path;
  } catch (error) {
    if (options.signal?.aborted) {
      throw new InterruptedError('Interrupted. What has arrived is kept: pull it again to go on.');
    }
    throw explainWriting(error, path);
  }
}

/** Whether a model lies where {@link pullModel} puts it, by its size; its digest is checked when it is opened. */
export async function isPulled(
  entry: CatalogueEntry,
  directory: string = modelsDirectory(),
): Promise<boolean> {
  // Not there yet.
  const found = await stat(join(directory, `${entry.name}.onnx`)).catch(() => undefined);
  return found !== undefined && found.size === entry.download?.size;
}

async function isWhole(path: string, entry: CatalogueEntry): Promise<boolean> {
  // Not there yet.
  const found = await stat(path).catch(() => undefined);
  return found?.size === entry.download?.size && (await digestFile(path)) === entry.digest;
}

/** SHA-256 of a file, 64 lower-case hexadecimal digits, read as a stream; rejects with the system's error. */
async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** Brings `part` to its full size and checks it; a part with wrong bytes is removed. */
async function fetchPart(
  url: URL,
  part: string,
  entry: CatalogueEntry,
  size: number,
  options: PullOptions,
): Promise<void> {
  const file = await open(part, 'a+');
  try {
    const kept = (await file.stat()).size;
    // A part that is too long asks for no range that a server could give.
    if (kept > size) await file.truncate(0);
    const start = kept > size ? 0 : kept;
    const { hash, received } = await gather(url, file, part, start, size, options);
    if (received < size) throw cutOff(entry.name, received, size);
    const digest = hash.digest('hex');
    if (received === size && digest === entry.digest) return await file.sync();
    await rm(part);
    throw badPull(
      received > size
        ? `The server sent more than the ${size} bytes of ${entry.name}`
        : `What the server sent is not ${entry.name}: its SHA-256 is ${digest}, not ${entry.digest}`,
      'Pull it again, perhaps from another server; the download was removed',
    );
  } finally {
    // There is nothing to go on with in a file that nothing came into.
    if ((await file.stat()).size === 0) await rm(part, { force: true });
    await file.close();
  }
}

interface Gathered {
  /** Over all bytes so far. */
  readonly hash: Hash;
  readonly received: number;
}

/** Appends what the server sends to `file`, which holds `start` bytes; stops at the first byte past `size`. */
async function gather(
  url: URL,
  file: FileHandle,
  part: string,
  start: number,
  size: number,
  { signal, onProgress }: PullOptions,
): Promise<Gathered> {
  let hash = createHash('sha256');
  if (start > 0) for await (const chunk of createReadStream(part)) hash.update(chunk);
  if (start === size) return { hash, received: size };
  const response = await request(url, start, signal);
  let received = start;
  if (start > 0 && response.status !== 206) {
    // The server ignores ranges and sends the file from its beginning.
    await file.truncate(0);
    hash = createHash('sha256');
    received = 0;
  }
  for await (const chunk of chunksOf(response)) {
    received += chunk.length;
    if (received > size) break;
    hash.update(chunk);
    await file.appendFile(chunk);
    onProgress?.(received, size);
  }
  return { hash, received };
}

async function request(url: URL, start: number, signal: AbortSignal | undefined): Promise<Response> {
  const headers = start > 0 ? { range: `bytes=${start}-` } : {};
  let response: Response;
  try {
    response = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    throw unreachable(url, cause);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const got = `${response.status} ${response.statusText}`.trim();
  if (response.status >= 500)
    throw new UnreachableError('ERR_PULL', `${url.host} answered ${got}. Try again later.`);
  throw badPull(`${url.host} answered ${got} for ${url}`, 'Check the name and the address of the server');
}

/** The body piece by piece. A broken connection ends it without an error: the bytes that have arrived are good. */
async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const next = await reader?.read().catch((error: unknown) => trace('downloading a model', error));
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    // It was cut off already.
    await reader?.cancel().catch(() => undefined);
  }
}

function cutOff(name: string, received: number, size: number): UnreachableError {
  const got = `The connection broke after ${received} of ${size} bytes of ${name}`;
  return new UnreachableError('ERR_PULL', `${got}. Pull it again: it goes on from there.`);
}

function unreachable(url: URL, cause: unknown): UnreachableError {
  const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return new UnreachableError(
    'ERR_PULL',
    `${url.host} cannot be reached (${messageOf(reason)}). Check the network.`,
    cause,
  );
}

function badPull(problem: string, fix: string): BadInputError {
  return new BadInputError({ code: 'ERR_PULL', problem, fix });
}
