import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import { addTotals, NO_TOTALS } from '../../protocol/wire/totals.js';
import { NO_AUDITS } from '../audit/audits.js';
import { suspectsAfter } from '../audit/suspects.js';
import type { Coordinator } from '../coordinator.js';
import { restoreArchive } from '../intake/restore.js';
import { createShelf } from '../intake/shelf.js';
import type { IslandInfo } from '../islands/registry.js';
import type { RunSummary } from '../life/run-state.js';
import { checkReadableFile } from '../run/readable.js';
import { openRunDirectory, type RunDirectory } from '../run/run-directory.js';
import { openSqliteReader } from '../store/sqlite-reader.js';
import type { StoreReader } from '../store/store.js';

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
  store: Pick<StoreReader, 'events' | 'islands' | 'migrations'>,
  committed: Archive,
): DiskRun['coordinator'] {
  const suspects = suspectsAfter(store.events());
  const islands = store.islands().map(
    (island): IslandInfo => ({
      ...island,
      totals: island.checkpoint?.totals ?? NO_TOTALS,
      heardAt: 0,
      error: '',
      suspect: suspects.has(island.number),
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
    audits: NO_AUDITS,
  };
  return { state: 'ended', islands: () => islands, summary: () => summary };
}
