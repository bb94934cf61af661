import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { canMountDisks, mountDisk, unmountDisk } from '../small-disk.js';

/** A disk that can be full. */
export interface Disk {
  readonly path: string;
  /** Takes all the room that is left; returns what gives it back. */
  fill(): () => void;
  close(): void;
}

/** Far more than a run of twenty faults needs, for it must be full only when it is filled: direct took 103 MB of it. */
const KILOBYTES = 256 << 10;
const BLOCK = Buffer.alloc(1 << 16);
/** The last bit of room is taken in small pieces. */
const CRUMB = 4096;

/** Undefined where no disk may be mounted. */
export function openDisk(directory: string): Disk | undefined {
  if (!canMountDisks()) return undefined;
  const path = join(directory, 'disk');
  mkdirSync(path, { recursive: true });
  mountDisk(path, KILOBYTES);
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const file = openSync(filler, 'w');
      let size = BLOCK.length;
      while (size >= CRUMB) {
        try {
          writeSync(file, BLOCK, 0, size);
        } catch {
          size /= 2;
        }
      }
      closeSync(file);
      return () => rmSync(filler, { force: true });
    },
    close: () => unmountDisk(path),
  };
}
