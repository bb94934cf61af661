import type { CoordinatorLink } from '../../protocol/transport/transport.js';
import type { Farewell } from '../../protocol/wire/messages.js';
import type { Totals } from '../../protocol/wire/totals.js';
import type { Oversight } from '../audit/oversight.js';
import type { Feed } from '../feed.js';
import type { Committer } from '../intake/committer.js';
import type { Ledger } from '../intake/ledger.js';
import type { Life } from '../life/life.js';
import type { StoredEvent } from '../store/store.js';
import type { Neighbourhood } from './neighbourhood.js';
import type { Registry } from './registry.js';

/** Follows which islands take part: writes it in the ledger, and tells watchers, and islands what they may have missed. */
export interface Attendance {
  /** The island's state has changed. */
  announce(island: number): void;
  /** An island spoke: one that was lost is back, and is told what holds now. */
  heard(island: number, report?: { readonly totals: Totals; readonly device: string }): void;
  /** An island said its last word. */
  left(farewell: Farewell): void;
  /** See {@link Coordinator.workerGone}. */
  workerGone(worker: string, final?: { readonly error: string }): void;
  /** Islands that were silent for too long are lost. */
  sweep(): void;
  /** An island became suspect, or is trusted again. */
  trustChanged(island: number): void;
  /** The order for an island now. A suspect island rests, since nothing of it would be taken. */
  orderFor(island: number): 'stop' | 'pause' | 'resume';
}

export function createAttendance(parts: {
  readonly registry: Registry;
  readonly life: Life;
  readonly link: Pick<CoordinatorLink, 'command'>;
  readonly committer: Pick<Committer, 'endFlush'>;
  readonly ledger: Pick<Ledger, 'touch'>;
  readonly neighbourhood: Neighbourhood;
  readonly feed: Pick<Feed, 'emit'>;
  readonly isSuspect: Oversight['isSuspect'];
  readonly note: (kind: string, detail: StoredEvent['detail']) => void;
  /** Milliseconds. */
  readonly clock: () => number;
}): Attendance {
  const { registry, life, link, committer, ledger, neighbourhood, feed, isSuspect, note, clock } = parts;

  function show(number: number): void {
    const island = registry.get(number);
    if (island) feed.emit({ type: 'island', island: { ...island } });
  }

  function announce(number: number): void {
    const island = registry.get(number);
    if (island === undefined) return;
    ledger.touch(number);
    const { state, worker, error } = island;
    note(`island-${state}`, { island: number, worker, ...(error !== '' && { error }) });
    show(number);
  }

  /** It sends no more: what it has begun to send is complete, and the others have other neighbours. */
  function depart(island: number): void {
    committer.endFlush(island);
    announce(island);
    neighbourhood.change();
  }

  function orderFor(island: number): 'stop' | 'pause' | 'resume' {
    if (!life.open) return 'stop';
    return life.phase === 'paused' || isSuspect(island) ? 'pause' : 'resume';
  }

  return {
    announce,
    orderFor,
    heard(island, report) {
      const wasLost = registry.get(island)?.state === 'lost';
      if (registry.hear(island, clock(), report) === undefined) return;
      announce(island);
      if (!wasLost) return;
      // Commands that it got while it was lost, or from an earlier coordinator, may be out of date.
      link.command(island, { type: orderFor(island) });
      neighbourhood.forget(island);
    },
    left(farewell) {
      registry.leave(farewell);
      depart(farewell.island);
    },
    workerGone(worker, final) {
      const island = registry.lose(worker);
      const held = registry.all().find((other) => other.worker === worker);
      if (final && held && held.state !== 'done' && held.state !== 'failed') {
        // The island's own error says more than how its process ended.
        const error = held.error || final.error;
        registry.leave({ island: held.number, totals: held.totals, ending: 'unfit', error });
      }
      if (held && (island !== undefined || final)) depart(held.number);
    },
    sweep() {
      for (const island of registry.sweep(clock())) depart(island);
    },
    trustChanged(island) {
      show(island);
      if (life.open) link.command(island, { type: orderFor(island) });
      neighbourhood.change();
    },
  };
}
