import { createOversight } from './audit/oversight.js';
import { suspectsAfter } from './audit/suspects.js';
import { createFeed } from './feed.js';
import { createCommitter } from './intake/committer.js';
import { createIntake } from './intake/intake.js';
import { createLedger } from './intake/ledger.js';
import { createMerger } from './intake/merger.js';
import { restoreArchive } from './intake/restore.js';
import { createShelf } from './intake/shelf.js';
import { createAttendance } from './islands/attendance.js';
import { createNeighbourhood } from './islands/neighbourhood.js';
import { createRegistry } from './islands/registry.js';
import { createEnding } from './life/ending.js';
import { createLife } from './life/life.js';
import { createStopwatch } from './life/stopwatch.js';
import type { FullOptions } from './options.js';
import type { StoredEvent } from './store/store.js';

export type Parts = ReturnType<typeof assemble>;

/** The parts of a coordinator, joined together; the run is as its store has it. */
export function assemble(options: FullOptions) {
  const { link, store, spec, clock } = options;
  const shelf = createShelf(store, spec.encoding);
  const archive = restoreArchive(store, shelf.stored);
  const registry = createRegistry({ ...options, islands: spec.islands });
  registry.restore(store.islands(), suspectsAfter(store.events()));
  const life = createLife();
  const watch = createStopwatch(clock);
  const feed = createFeed();
  const intake = createIntake(archive, spec, store.removedJumps());
  const ledger = createLedger(store, registry.get);
  const merger = createMerger({ archive, shelf, intake, ledger, spec });

  /**
   * The store has failed, so no message is taken any more. All that was acknowledged is stored; the islands keep the rest
   * and go on evolving for the next coordinator. They are not told to stop: they would be done, and the run would end.
   */
  function fail(error: unknown): void {
    if (!life.take({ type: 'fault', error })) return;
    feed.emit({ type: 'fault', error: error instanceof Error ? error : new Error(String(error)) });
  }

  const committer = createCommitter({
    ...options,
    ledger,
    onCommitted({ jumps, messages }, seconds) {
      for (const jump of jumps) {
        feed.emit({ type: 'jump', jump, label: store.labels[jump.elite.classId] ?? '' });
      }
      shelf.put(jumps);
      feed.emit({ type: 'committed', jumps: jumps.length, messages, seconds });
    },
    onFault: fail,
  });

  function note(kind: string, detail: StoredEvent['detail'] = {}): void {
    const event = { time: clock(), kind, detail };
    ledger.addEvent(event);
    committer.schedule();
    feed.emit({ type: 'event', event });
  }

  const neighbourhood = createNeighbourhood({
    topology: spec.migration.topology,
    seed: spec.seed,
    members: registry.members,
    suspects: () => registry.suspects,
    tell: (island, islands, suspects) => link.command(island, { type: 'neighbours', islands, suspects }),
  });
  const base = { ...options, archive, registry, life, watch, feed, intake, ledger, merger, committer };
  const attendance = createAttendance({
    ...base,
    neighbourhood,
    isSuspect: (island) => registry.get(island)?.suspect === true,
    note,
  });
  const oversight = createOversight({ ...base, note, onChange: attendance.trustChanged });
  const ending = createEnding({ ...base, oversight, note });
  return { ...base, fail, note, neighbourhood, attendance, oversight, ending };
}
