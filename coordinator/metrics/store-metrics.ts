import type { Registry } from 'prom-client';
import type { DiskUse } from '../run/disk-use.js';
import { addGauge, one } from './readings.js';

/** How large the archive is on its disk, and how much room that has. `read` is called once a scrape. */
export function addStoreMetrics(registry: Registry, read: () => DiskUse | undefined): void {
  let use: DiskUse | undefined;
  const figures: readonly (readonly [name: string, help: string, key: keyof DiskUse])[] = [
    ['atoll_store_bytes', 'Size of archive.db with its journal.', 'usedBytes'],
    ['atoll_store_disk_free_bytes', 'Room that is left on the disk of the store.', 'freeBytes'],
    ['atoll_store_disk_size_bytes', 'Size of the disk of the store.', 'sizeBytes'],
  ];
  for (const [i, [name, help, key]] of figures.entries()) {
    addGauge(registry, { name, help }, () => {
      // They are read in this order: the first of a scrape reads for all.
      if (i === 0) use = read();
      return use ? one(use[key]) : [];
    });
  }
}
