import type { Archive } from '../protocol/archive/archive.js';
import { summarise } from '../protocol/archive/summary.js';
import type { RunState } from '../protocol/base/states.js';
import type { FeedEvent } from './feed.js';
import type { IslandInfo } from './islands/registry.js';
import type { EndReason } from './life/budget.js';
import type { RunEnd, RunSummary } from './life/run-state.js';
import { createMessageHandler } from './messages.js';
import { type CoordinatorOptions, DEFAULTS } from './options.js';
import { assemble, type Parts } from './parts.js';

/** Holds the archive of a run: hands out islands, merges and stores what they find, and ends the run in time. */
export interface Coordinator {
  /** Read only. May be ahead of the store by what waits for the next commit. */
  readonly archive: Archive;
  readonly state: RunState;
  summary(): RunSummary;
  islands(): readonly IslandInfo[];
  subscribe(listener: (event: FeedEvent) => void): () => void;
  pause(): void;
  resume(): void;
  /** Tells all islands to store what they have and to stop; `done` resolves when they have. */
  end(reason?: EndReason): void;
  /** Takes what a suspect island sends again. False when the run has no such island. */
  trust(island: number): boolean;
  /** A worker's process is known to have died: says so sooner than its silence would. `final`: it will not be back. */
  workerGone(worker: string, final?: { readonly error: string }): void;
  /** Resolves when every island has said farewell, or is gone while the run ends; rejects when the store fails. */
  readonly done: Promise<RunEnd>;
  /** Stores what waits, then closes the link and the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a coordinator on a run's store. Throws a {@link BadInputError} when the store holds damaged genomes. */
export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const parts = assemble({ ...DEFAULTS, ...options });
  const { link, life, watch, registry, attendance, oversight, ending, note } = parts;
  const handle = createMessageHandler(parts);
  let closing: Promise<void> | undefined;

  async function consume(): Promise<void> {
    for await (const event of link.inbox) {
      // After a fault messages are read and dropped, unacknowledged: they stay with the islands.
      if (!life.active) continue;
      handle(event);
      ending.checkDone();
    }
  }

  function tick(): void {
    if (!life.active) return;
    attendance.sweep();
    parts.neighbourhood.renew();
    oversight.expire();
    ending.checkBudget();
    ending.checkDone();
  }

  async function close(): Promise<void> {
    parts.committer.commit();
    life.take({ type: 'stop' });
    clearInterval(ticking);
    parts.committer.stop();
    await link.close();
    await consuming;
    parts.store.close();
  }

  const ticking = setInterval(tick, parts.tickMilliseconds);
  const consuming = consume().catch(parts.fail);

  return {
    archive: parts.archive,
    get state() {
      return life.state;
    },
    summary: () => summaryOf(parts),
    islands: registry.all,
    subscribe: parts.feed.subscribe,
    pause() {
      if (!life.take({ type: 'pause' })) return;
      watch.pause();
      note('paused');
      link.command('all', { type: 'pause' });
    },
    resume() {
      if (!life.take({ type: 'resume' })) return;
      watch.resume();
      note('resumed');
      link.command('all', { type: 'resume' });
      for (const island of registry.suspects) link.command(island, { type: 'pause' });
    },
    trust: oversight.trust,
    end: (reason = 'requested') => ending.end(reason),
    workerGone(worker, final) {
      if (!life.active) return;
      attendance.workerGone(worker, final);
      ending.checkDone();
    },
    done: endOf(parts),
    stop: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** How the run ends. */
function endOf({ life, registry }: Parts): Promise<RunEnd> {
  const end = life.done.then((reason) => ({
    reason,
    failures: registry.all().filter(({ state }) => state === 'failed'),
  }));
  // A caller that awaits it still sees the rejection; no caller has to.
  end.catch(() => undefined);
  return end;
}

function summaryOf({ archive, registry, watch, merger, intake, oversight }: Parts): RunSummary {
  return {
    ...summarise(archive.confidences, archive.filled),
    filled: archive.filled,
    totals: registry.totals(),
    seconds: watch.elapsed() / 1000,
    migrants: merger.migrants,
    refused: intake.refused,
    audits: oversight.counts,
  };
}
