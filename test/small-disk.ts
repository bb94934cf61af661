import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk is a file system in memory, which only root may mount. */

/** Mounts one at `path`, or changes the one that is there (`remount`). */
export function mountDisk(path: string, kilobytes: number, ...options: readonly string[]): void {
  const size = [`size=${kilobytes}k`, ...options].join(',');
  execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', path], { stdio: 'ignore' });
}

/** It is gone from `path` at once, even while a database that this process has closed waits to be collected. */
export function unmountDisk(path: string): void {
  try {
    execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
  } catch {
    // Nothing was mounted there.
  }
}

export function canMountDisks(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'atoll-mount-'));
  try {
    mountDisk(path, 64);
    return true;
  } catch {
    return false;
  } finally {
    unmountDisk(path);
    rmSync(path, { recursive: true, force: true });
  }
}
