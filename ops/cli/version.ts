import { readFileSync } from 'node:fs';

/** Atoll's version, from package.json, which lies two folders above in the source and three in dist/. */
export const VERSION: string = readVersion();

function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
        return String(manifest.version);
    } catch {
      // Not there: the other place.
    }
  }
  return 'unknown';
}
