import { createHash } from 'node:crypto';
import type { Archive } from '../../protocol/archive/archive.js';

/** Class id (uint32), confidence (float32), SHA-256 of the genome. */
const RECORD = 4 + 4 + 32;

/**
 * The canonical bytes of an archive: a record of 40 little-endian bytes for each filled cell, in class order.
 * Two archives hold the same elites exactly when these bytes are equal.
 */
export function archiveBytes(archive: Archive): Uint8Array {
  const bytes = Buffer.alloc(archive.filled * RECORD);
  let at = 0;
  for (const { classId, confidence, candidate } of archive.elites()) {
    bytes.writeUInt32LE(classId, at);
    bytes.writeFloatLE(confidence, at + 4);
    bytes.write(candidate.digest, at + 8, 'hex');
    at += RECORD;
  }
  return bytes;
}

/** SHA-256 of {@link archiveBytes}, as 64 lower-case hexadecimal digits: one number to compare two runs by. */
export function archiveDigest(archive: Archive): string {
  return createHash('sha256').update(archiveBytes(archive)).digest('hex');
}
