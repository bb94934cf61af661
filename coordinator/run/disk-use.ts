import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { trace } from '../../protocol/base/trace.js';

/** What an archive takes of its disk, in bytes. */
export interface DiskUse {
  /** The database and its journal. */
  readonly usedBytes: number;
  /** What a user without privileges may still write. */
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/**
 * Looks at `archive.db` from outside, by `stat`, which opens nothing: see {@link connect} for why it must not be opened.
 * undefined where the system does not say.
 */
export function readDiskUse(archiveFile: string): DiskUse | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(dirname(archiveFile));
    const files = [archiveFile, `${archiveFile}-wal`];
    const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    return {
      usedBytes: sizes.reduce((sum, size) => sum + size, 0),
      freeBytes: bavail * bsize,
      sizeBytes: blocks * bsize,
    };
  } catch (error) {
    return trace('measuring the space on the disk', error);
  }
}
