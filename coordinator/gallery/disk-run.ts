import type { Archive } from '../../protocol/archive/archive.js';
import { summarise } from '../../protocol/archive/summary.js';
import { addTotals, NO_TOTALS } from '../../protocol/wire/totals.js';
import { NO_AUDITS } from '../audit/audits.js';
import { suspectsAfter } from '../audit/suspects.js';
import type { Coordinator } from '../coordinator.js';
import { createFeed, type Feed } from '../feed.js';
import { readCandidate, restoreArchive } from '../intake/restore.js';
import { createShelf, type Shelf } from '../intake/shelf.js';
import type { IslandInfo } from '../islands/registry.js';
import type { RunSummary } from '../life/run-state.js';
import { checkReadableFile } from '../run/readable.js';
import { openRunDirectory, type RunDirectory } from '../run/run-directory.js';
import { lockOwner } from '../run/run-lock.js';
import { openSqliteReader } from '../store/sqlite-reader.js';
import type { StoreReader } from '../store/store.js';

/** A run as its directory has it, shown as if its coordinator told of it. */
export interface DiskRun {
  readonly run: RunDirectory;
  readonly store: StoreReader;
  readonly committed: Archive;
  readonly coordinator: Pick<Coordinator, 'islands' | 'state' | 'subscribe' | 'summary'>;
  /** Takes up what was stored since the last look. Rejects with a {@link BadInputError} where that cannot be read. */
  look(): Promise<void>;
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
    const shelf = createShelf(store, run.spec.encoding);
    let lastId = lastJump(store, 0);
    const committed = restoreArchive(store, shelf.stored);
    const feed = createFeed();
    let standing = await standingOf(run, store, committed);
    return {
      run,
      store,
      committed,
      coordinator: {
        get state() {
          return standing.state;
        },
        islands: () => standing.islands,
        summary: () => standing.summary,
        subscribe: feed.subscribe,
      },
      async look() {
        const changed = new Set<number>();
        lastId = lastJump(store, lastId, (classId) => changed.add(classId));
        for (const classId of changed) takeUp(store, shelf, committed, feed, classId);
        standing = await standingOf(run, store, committed);
      },
      close: () => store.close(),
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Jumps that are read at a time. */
const CHUNK = 2000;

/** The id of the last jump; tells of the class of each that is later than `after`. */
function lastJump(
  store: Pick<StoreReader, 'jumpsAfter'>,
  after: number,
  onJump: (classId: number) => void = () => {},
): number {
  let last = after;
  for (;;) {
    const jumps = store.jumpsAfter(last, CHUNK);
    for (const { id, classId } of jumps) {
      onJump(classId);
      last = id;
    }
    if (jumps.length < CHUNK) return last;
  }
}

/** What holds a class now; whoever follows is told. */
function takeUp(store: StoreReader, shelf: Shelf, committed: Archive, feed: Feed, classId: number): void {
  for (const { jump, genome } of store.elites(classId)) {
    const candidate = shelf.stored(readCandidate(genome));
    const elite = { classId, confidence: jump.confidence, candidate };
    if (committed.merge(elite).status === 'not-added') continue;
    const { goalSwitch, evaluation, cost, time } = jump;
    const label = store.labels[classId] ?? '';
    feed.emit({ type: 'jump', jump: { elite, goalSwitch, evaluation, cost, time }, label });
  }
}

interface Standing {
  readonly state: 'running' | 'ended';
  readonly islands: IslandInfo[];
  readonly summary: RunSummary;
}

/** How a run stands: it goes on as long as somebody has its directory. */
async function standingOf(run: RunDirectory, store: StoreReader, committed: Archive): Promise<Standing> {
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
  return { state: (await isInUse(run)) ? 'running' : 'ended', islands, summary };
}

/** Nobody works at a run in a directory that cannot be written, such as on a disc. */
async function isInUse({ path }: RunDirectory): Promise<boolean> {
  try {
    return (await lockOwner(path)) !== undefined;
  } catch {
    // Its lock cannot be read: nobody is known to hold it.
    return false;
  }
}
