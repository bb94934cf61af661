import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';

/**
 * The digest of a model, 64 lower-case hexadecimal digits: SHA-256 of its file where it has one alone. Where it has
 * several, SHA-256 of the lines `NAME SHA256\n`, one a file, sorted by name (as bytes), NAME relative to `directory`
 * with `/` between folders. `files` are their bytes by absolute path.
 */
export function digestModel(files: ReadonlyMap<string, Uint8Array>, directory: string): string {
  const [only, ...others] = files.values();
  if (only !== undefined && others.length === 0) return sha256(only);
  const lines = [...files].map(
    ([path, bytes]) => `${relative(directory, path).split(sep).join('/')} ${sha256(bytes)}\n`,
  );
  return sha256(lines.sort(byBytes).join(''));
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
