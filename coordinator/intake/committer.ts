import type { Committed, Ledger } from './ledger.js';

/** Decides when the ledger is stored: soon, together, and never in the middle of an island's flush. */
export interface Committer {
  /** Something was added to the ledger: stores it before long. */
  schedule(): void;
  /** Stores what is in the ledger now. After a fault it does nothing any more. */
  commit(): void;
  /** More of an island's flush follows; it is to be stored whole, since only its end brings the island's state. */
  beginFlush(island: number): void;
  /** The flush is complete, or its end will never come. */
  endFlush(island: number): void;
  /** Cancels what is scheduled. */
  stop(): void;
}

export interface CommitterOptions {
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly commitMilliseconds: number;
  readonly commitMessages: number;
  readonly commitBytes: number;
  readonly onCommitted: (committed: Committed, seconds: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** The longest that others wait for the end of an island's flush. */
const FLUSH_MILLISECONDS = 2000;

export function createCommitter(options: CommitterOptions): Committer {
  const { ledger, clock, commitMilliseconds, commitMessages, commitBytes } = options;
  /** Islands of whose flush the end is still to come, and since when. */
  const flushes = new Map<number, number>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failed = false;

  function schedule(): void {
    if (ledger.messages >= commitMessages || ledger.bytes >= commitBytes) commit();
    else if (!stopped && !failed) timer ??= setTimeout(onTimer, commitMilliseconds);
  }

  function onTimer(): void {
    timer = undefined;
    const waiting = [...flushes.values()].some((since) => clock() - since < FLUSH_MILLISECONDS);
    if (waiting) schedule();
    else commit();
  }

  function commit(): void {
    clearTimeout(timer);
    timer = undefined;
    if (failed || ledger.empty) return;
    const before = performance.now();
    let committed: Committed;
    try {
      committed = ledger.commit();
    } catch (error) {
      failed = true;
      options.onFault(error);
      return;
    }
    options.onCommitted(committed, (performance.now() - before) / 1000);
  }

  return {
    schedule,
    commit,
    beginFlush(island) {
      if (!flushes.has(island)) flushes.set(island, clock());
    },
    endFlush: (island) => void flushes.delete(island),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
