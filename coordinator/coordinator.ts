import type { Archive } from '../protocol/archive/archive.js';
import { type ArchiveSummary, summarise } from '../protocol/archive/summary.js';
import type { RunSpec } from '../protocol/run-spec.js';
import type { RunState } from '../protocol/states.js';
import { encodedSize } from '../protocol/transport/split.js';
import type { CoordinatorEvent, CoordinatorLink } from '../protocol/transport/transport.js';
import type { Totals } from '../protocol/wire/messages.js';
import { budgetReached, type EndReason } from './budget.js';
import { createCommitter } from './committer.js';
import { createFeed, type FeedEvent } from './feed.js';
import { createIntake, type Refusal } from './intake.js';
import { createLedger } from './ledger.js';
import { createMerger, type Merger } from './merger.js';
import { createNeighbourhood } from './neighbourhood.js';
import { createRegistry, type IslandInfo } from './registry.js';
import { restoreArchive } from './restore.js';
import { createShelf } from './shelf.js';
import { createStopwatch } from './stopwatch.js';
import type { Store, StoredEvent } from './store/store.js';
import { composeWelcome } from './welcome.js';

export interface CoordinatorOptions {
  readonly link: CoordinatorLink;
  /** Whose elites and islands the run goes on from. The coordinator closes it. */
  readonly store: Store;
  readonly spec: RunSpec;
  /** Where the model lies, for workers on this machine. */
  readonly modelDirectory: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long messages are collected for one commit; the price of an fsync is shared by all that come meanwhile. */
  readonly commitMilliseconds?: number;
  /** A commit is made at once when so many messages wait, or so many bytes of them: bounds memory. */
  readonly commitMessages?: number;
  readonly commitBytes?: number;
  /** How often silence and the budget are looked at. */
  readonly tickMilliseconds?: number;
  readonly silenceMilliseconds?: number;
  readonly joiningMilliseconds?: number;
}

const DEFAULTS = {
  commitMilliseconds: 100,
  commitMessages: 256,
  commitBytes: 8 << 20,
  tickMilliseconds: 250,
  silenceMilliseconds: 10_000,
  joiningMilliseconds: 120_000,
} as const;

export interface RunSummary extends ArchiveSummary {
  readonly filled: number;
  /** The maximum that each island has reported, added up. */
  readonly totals: Totals;
  /** Seconds since this coordinator started, pauses left out. */
  readonly seconds: number;
  /** Elites that came to islands from others since this coordinator started, and the cells they won there. */
  readonly migrants: Merger['migrants'];
  readonly refused: ReadonlyMap<Refusal, number>;
}

/** How a run ended. */
export interface Outcome {
  readonly reason: EndReason;
  /** Islands that ended with an error. */
  readonly failures: readonly IslandInfo[];
}

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
  /** A worker's process is known to have died: says so sooner than its silence would. `final`: it will not be back. */
  workerGone(worker: string, final?: { readonly error: string; readonly exitCode: number }): void;
  /** Resolves when every island has said farewell, or is gone while the run ends; rejects when the store fails. */
  readonly done: Promise<Outcome>;
  /** Stores what waits, then closes the link and the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a coordinator on a run's store. Throws a {@link BadInputError} when the store holds damaged genomes. */
export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { link, store, spec, modelDirectory, clock, ...timing } = { ...DEFAULTS, ...options };
  const shelf = createShelf(store, spec.encoding);
  const archive = restoreArchive(store, shelf.stored);
  const registry = createRegistry({ islands: spec.islands, ...timing });
  const intake = createIntake(archive, spec);
  const ledger = createLedger(store, registry.get);
  const merger = createMerger({ archive, shelf, intake, ledger, spec });
  const neighbourhood = createNeighbourhood({
    topology: spec.migration.topology,
    seed: spec.seed,
    members: registry.members,
    tell: (island, islands) => link.command(island, { type: 'neighbours', islands }),
  });
  const feed = createFeed();
  const watch = createStopwatch(clock);
  let ending: EndReason | undefined;
  let failed = false;
  let ended = false;
  let stopped = false;
  let settle: { resolve: (outcome: Outcome) => void; reject: (error: unknown) => void } | undefined;
  const done = new Promise<Outcome>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const committer = createCommitter({
    ledger,
    clock,
    ...timing,
    onCommitted({ jumps, messages }, seconds) {
      for (const jump of jumps) {
        feed.emit({ type: 'jump', jump, label: store.labels[jump.elite.classId] ?? '' });
      }
      shelf.put(jumps);
      feed.emit({ type: 'committed', jumps: jumps.length, messages, seconds });
    },
    onFault: fail,
  });
  // Whoever awaits `done` later still sees the rejection; nobody has to.
  done.catch(() => undefined);

  registry.restore(store.islands());

  function note(kind: string, detail: StoredEvent['detail'] = {}): void {
    const event = { time: clock(), kind, detail };
    ledger.addEvent(event);
    committer.schedule();
    feed.emit({ type: 'event', event });
  }

  function announce(number: number): void {
    const island = registry.get(number);
    if (island === undefined) return;
    ledger.touch(number);
    note(`island-${island.state}`, {
      island: number,
      worker: island.worker,
      ...(island.error !== '' && { error: island.error }),
    });
    feed.emit({ type: 'island', island: { ...island } });
  }

  /**
   * The store takes no more: neither do we. What was acknowledged is stored, the rest stays with the islands, which go
   * on evolving for the next coordinator of the run: told to stop, they would be done, and the run with them.
   */
  function fail(error: unknown): void {
    if (failed) return;
    failed = true;
    feed.emit({ type: 'fault', error: error instanceof Error ? error : new Error(String(error)) });
    settle?.reject(error);
  }

  // ---- messages

  function onJoin({ join, ...answer }: Extract<CoordinatorEvent, { type: 'join' }>): void {
    if (ending !== undefined) {
      answer.refuse('the run is ending');
      return;
    }
    const place = registry.join(join.worker, clock());
    if (place === undefined) {
      answer.refuse(`all ${spec.islands} islands of the run are taken`);
      return;
    }
    // What the island's last holder sent is stored before the next one goes on from it.
    committer.endFlush(place.island);
    announce(place.island);
    committer.commit();
    if (failed) {
      answer.refuse('the run cannot be stored');
      return;
    }
    neighbourhood.change();
    const neighbours = neighbourhood.introduce(place.island);
    answer.welcome(composeWelcome(place.island, { spec, modelDirectory, registry, archive, neighbours }));
    if (watch.paused) link.command(place.island, { type: 'pause' });
  }

  function onImprovements({ improvements, ack }: Extract<CoordinatorEvent, { type: 'improvements' }>): void {
    const { island, entries, checkpoint, gap } = improvements;
    if (registry.get(island) === undefined) intake.refuse('unknown-island');
    heard(island);
    const time = clock();
    // Arrivals and gaps count beside a state that is news only: a message may come again.
    if (checkpoint && registry.keep(island, checkpoint)) {
      ledger.touch(island);
      merger.logArrivals(island, improvements.arrivals ?? [], time);
      if (gap) note('history-gap', { island, ...gap });
    }
    const began = performance.now();
    const others = registry.accounted - (registry.get(island)?.checkpoint?.totals.evaluations ?? 0);
    const statuses = merger.merge(entries, { time, others });
    feed.emit({ type: 'merged', statuses, seconds: (performance.now() - began) / 1000 });
    if (checkpoint) committer.endFlush(island);
    else committer.beginFlush(island);
    ledger.addMessage(
      ack,
      entries.reduce((sum, entry) => sum + encodedSize(entry), 0),
    );
    committer.schedule();
  }

  function heard(island: number, report?: { totals: Totals; device: string }): void {
    const wasLost = registry.get(island)?.state === 'lost';
    if (registry.hear(island, clock(), report) === undefined) return;
    announce(island);
    if (!wasLost) return;
    // What it was told while nobody heard of it, or by an earlier coordinator, may not hold any more.
    link.command(island, { type: ending !== undefined ? 'stop' : watch.paused ? 'pause' : 'resume' });
    neighbourhood.forget(island);
  }

  function onFarewell({ farewell, ack }: Extract<CoordinatorEvent, { type: 'farewell' }>): void {
    registry.leave(farewell);
    committer.endFlush(farewell.island);
    announce(farewell.island);
    ledger.addMessage(ack, 0);
    committer.schedule();
    neighbourhood.change();
  }

  function handle(event: CoordinatorEvent): void {
    switch (event.type) {
      case 'join':
        onJoin(event);
        break;
      case 'improvements':
        onImprovements(event);
        break;
      case 'heartbeat':
        heard(event.heartbeat.island, event.heartbeat);
        break;
      case 'farewell':
        onFarewell(event);
        break;
      case 'rejected':
        intake.refuse(event.reason);
        break;
    }
  }

  async function consume(): Promise<void> {
    for await (const event of link.inbox) {
      // After a fault messages are read and dropped, unacknowledged: they stay with the islands.
      if (failed || stopped) continue;
      handle(event);
      checkDone();
    }
  }

  // ---- the end

  function end(reason: EndReason): void {
    if (ending !== undefined || stopped) return;
    ending = reason;
    note('ending', { reason });
    link.command('all', { type: 'stop' });
    checkDone();
  }

  function checkDone(): void {
    if (failed || stopped) return;
    const allGone = registry.count('done', 'failed') === spec.islands;
    if (!allGone && !(ending !== undefined && registry.count('joining', 'live') === 0)) return;
    committer.commit();
    if (failed) return;
    ended = true;
    settle?.resolve(outcome());
  }

  function state(): RunState {
    if (failed) return 'failed';
    if (ended || stopped) return 'ended';
    if (ending !== undefined) return 'ending';
    return watch.paused ? 'paused' : 'running';
  }

  const outcome = (): Outcome => ({
    reason: ending ?? 'quota',
    failures: registry.all().filter(({ state }) => state === 'failed'),
  });

  function tick(): void {
    if (failed || stopped) return;
    const lost = registry.sweep(clock());
    for (const island of lost) {
      committer.endFlush(island);
      announce(island);
    }
    if (lost.length > 0) neighbourhood.change();
    neighbourhood.renew();
    const reached = budgetReached(spec.budget, {
      evaluations: registry.accounted,
      minutes: watch.elapsed() / 60_000,
      median: () => summarise(archive.confidences, archive.filled).median,
    });
    if (reached) end(reached);
    checkDone();
  }

  const ticking = setInterval(tick, timing.tickMilliseconds);
  const consuming = consume().catch(fail);

  return {
    archive,
    get state() {
      return state();
    },
    summary: () => ({
      ...summarise(archive.confidences, archive.filled),
      filled: archive.filled,
      totals: registry.totals(),
      seconds: watch.elapsed() / 1000,
      migrants: merger.migrants,
      refused: intake.refused,
    }),
    islands: registry.all,
    subscribe: feed.subscribe,
    pause() {
      if (watch.paused || ending !== undefined) return;
      watch.pause();
      note('paused');
      link.command('all', { type: 'pause' });
    },
    resume() {
      if (!watch.paused) return;
      watch.resume();
      note('resumed');
      link.command('all', { type: 'resume' });
    },
    end: (reason = 'requested') => end(reason),
    workerGone(worker, final) {
      if (failed || stopped) return;
      const island = registry.lose(worker);
      const held = registry.all().find((other) => other.worker === worker);
      if (final && held && held.state !== 'done' && held.state !== 'failed') {
        // What the island itself said of its end tells more than how its process ended.
        const error = held.error || final.error;
        registry.leave({ island: held.number, totals: held.totals, exitCode: final.exitCode, error }, true);
      }
      if (held && (island !== undefined || final)) {
        committer.endFlush(held.number);
        announce(held.number);
        neighbourhood.change();
      }
      checkDone();
    },
    done,
    async stop() {
      if (stopped) return;
      committer.commit();
      stopped = true;
      clearInterval(ticking);
      committer.stop();
      settle?.resolve(outcome());
      await link.close();
      await consuming;
      store.close();
    },
  };
}
