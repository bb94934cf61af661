import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BadInputError, codeOf } from '../../protocol/base/errors.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';

/**
 * Arrays of numbers on disk, with a header: SHA-256 of all that follows, the length of the header (32 bits,
 * little-endian), the header (JSON), then the arrays' float32 values one after the other.
 */

const DIGEST_BYTES = 32;
const LENGTH_BYTES = 4;

/** Writes arrays for {@link readArrays}, whole or not at all. */
export async function writeArrays(
  path: string,
  header: unknown,
  arrays: readonly Float32Array[],
): Promise<void> {
  const json = Buffer.from(JSON.stringify({ header, lengths: arrays.map(({ length }) => length) }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  const body = Buffer.concat([
    length,
    json,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ]);
  await writeFileAtomic(path, Buffer.concat([digestOf(body), body]));
}

/**
 * What {@link writeArrays} wrote, or undefined where there is no file. Throws a {@link BadInputError} (`ERR_CHECKPOINT`)
 * when the file is damaged.
 */
export async function readArrays(
  path: string,
): Promise<{ readonly header: unknown; readonly arrays: readonly Float32Array[] } | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(DIGEST_BYTES);
  if (body.length < LENGTH_BYTES || !digestOf(body).equals(bytes.subarray(0, DIGEST_BYTES))) {
    throw unusable(`The checkpoint ${path} is damaged`);
  }
  const start = LENGTH_BYTES + body.readUInt32LE(0);
  const { header, lengths } = JSON.parse(body.toString('utf8', LENGTH_BYTES, start)) as {
    header: unknown;
    lengths: number[];
  };
  // A copy, so that the numbers lie aligned.
  const numbers = new Float32Array(Uint8Array.from(body.subarray(start)).buffer);
  let next = 0;
  const arrays = lengths.map((length) => {
    next += length;
    return numbers.slice(next - length, next);
  });
  return { header, arrays };
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** A checkpoint that cannot be gone on from. */
export function unusable(problem: string): BadInputError {
  const fix = 'Give the options that the training began with, or start it again with --restart';
  return new BadInputError({ code: 'ERR_CHECKPOINT', problem, fix });
}
