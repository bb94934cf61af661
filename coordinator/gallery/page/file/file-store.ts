import { signal } from '@preact/signals';
import type { WallFile } from '../../../../protocol/wire/wall-file.js';
import type { Pool } from '../drawing/pool.js';
import { createPlaces } from '../places.js';
import type { Run } from '../run/run.js';
import type { Store } from '../store.js';
import type { Believed } from '../views.js';
import { openFileRun } from './file-run.js';

/** What the page shares where it shows the one run that is in its file. */
export function createFileStore(file: WallFile, pool: Pool): Store {
  const run = openFileRun(file, pool);
  return {
    ...createPlaces(),
    listings: signal([{ base: run.base, name: run.name, live: false }]),
    run: signal<Run | undefined>(run),
    beside: signal<Run | undefined>(undefined),
    failure: signal(''),
    lit: signal<readonly Believed[] | undefined>(undefined),
  };
}
