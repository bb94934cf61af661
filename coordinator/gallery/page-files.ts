import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { codeOf } from '../../protocol/base/errors.js';

/** A file of the built page, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed; absent where that would save nothing. */
  readonly zipped?: Uint8Array<ArrayBuffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/**
 * All files of the page in a directory, by their path from it (`assets/index-4f.js`); none where it was not built. They
 * are a few hundred kilobytes, and no request reaches the disk.
 */
export function readPageFiles(directory: string): ReadonlyMap<string, PageFile> {
  let entries: ReturnType<typeof readDirectory>;
  try {
    entries = readDirectory(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Map();
    throw error;
  }
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) in TYPES);
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      const bytes = new Uint8Array(readFileSync(path));
      const zipped = new Uint8Array(gzipSync(bytes));
      const type = TYPES[extname(file.name)] ?? '';
      return [
        relative(directory, path).split(sep).join('/'),
        { type, bytes, ...(zipped.length < bytes.length && { zipped }) },
      ];
    }),
  );
}

function readDirectory(directory: string) {
  return readdirSync(directory, { recursive: true, withFileTypes: true });
}
