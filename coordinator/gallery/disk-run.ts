import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import { NO_TOTALS } from '../../protocol/wire/messages.js';
import type { Coordinator, RunSummary } from '../coordinator.js';
import { checkReadableFile } from '../readable.js';
import type { IslandInfo } from '../registry.js';
import { restoreArchive } from '../restore.js';
import { openRunDirectory, type RunDirectory } from '../run-directory.js';
import { createShelf } from '../shelf.js';
import { openSqliteReader } from '../store/sqlite-reader.js';
import type { StoreReader } from '../store/store.js';
import { addTotals } from '../totals.js';

/** A run as its directory has it at this moment, shown as if its coordinator had just ended. */
export interface DiskRun {
  readonly run: RunDirectory;
  readonly store: StoreReader;
  readonly committed: Archive;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'summary'>;
  close(): void;
}

/**
 * Opens a run to be shown; it may be in use. Rejects with a {@link BadInputError} when it is no run, or damaged.
 */
export async function openDiskRun(path: string): Promise<DiskRun> {
  const run = await openRunDirectory(path);
  checkReadableFile(run.archiveFile);
  const store = openSqliteReader(run.archiveFile);
  try {
    const committed = restoreArchive(store, createShelf(store, run.spec.encoding).stored);
    return {
      run,
      store,
      committed,
      coordinator: endedCoordinator(store, committed),
      close: () => store.close(),
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

function endedCoordinator(
  store: Pick<StoreReader, 'islands' | 'migrations'>,
  committed: Archive,
): DiskRun['coordinator'] {
  const islands = store.islands().map(
    (island): IslandInfo => ({
      ...island,
      totals: island.checkpoint?.totals ?? NO_TOTALS,
      heardAt: 0,
      error: '',
      exitCode: 0,
    }),
  );
  const migrants = { moved: 0, won: 0 };
  for (const { moved, won } of store.migrations()) {
    migrants.moved += moved;
    migrants.won += won;
  }
  const summary: RunSummary = {
    ...summarise(committed.confidences, committed.filled),
    filled: committed.filled,
    totals: islands.map(({ totals }) => totals).reduce(addTotals, NO_TOTALS),
    seconds: 0,
    migrants,
    refused: new Map(),
  };
  return { state: 'ended', islands: () => islands, summary: () => summary };
}
