import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDiskUse } from '../../../coordinator/run/disk-use.js';
import { temporaryDirectory } from '../fixtures.js';

let root: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => root.remove());

it('counts the archive and its journal, and knows the room on their disk', () => {
  const archive = join(root.path, 'archive.db');
  writeFileSync(archive, Buffer.alloc(3000));
  expect(readDiskUse(archive)?.usedBytes).toBe(3000);
  writeFileSync(`${archive}-wal`, Buffer.alloc(500));
  const use = readDiskUse(archive);
  expect(use?.usedBytes).toBe(3500);
  expect(use?.sizeBytes).toBeGreaterThan(1e6);
  expect(use?.freeBytes).toBeLessThanOrEqual(use?.sizeBytes ?? 0);
});

it('says nothing of a directory that is gone', () => {
  rmSync(root.path, { recursive: true });
  expect(readDiskUse(join(root.path, 'archive.db'))).toBeUndefined();
});
