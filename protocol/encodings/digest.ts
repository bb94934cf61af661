import { createHash } from 'node:crypto';
import type { Digest } from './genome.js';

/** SHA-256 of canonical bytes, as 64 lower-case hexadecimal digits. Node only: the codec itself runs in browsers too. */
export function digestOf(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex');
}
