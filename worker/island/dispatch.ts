import type { Elite } from '../../protocol/archive/elite.js';
import { entriesOf } from '../../protocol/archive/entries.js';
import { BadInputError } from '../../protocol/base/errors.js';
import type { RandomStream } from '../../protocol/base/random.js';
import type { MigrationSpec } from '../../protocol/spec/migration-spec.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import { createArrivals } from './arrivals.js';
import { createEmigrants, passesOn, type Sending } from './emigrants.js';
import { createFlushSender } from './flush-sender.js';
import type { Island } from './island.js';
import { createOutbox } from './outbox.js';
import { type MigrantTotals, NO_MIGRANTS } from './watch.js';

/**
 * By default improvements are sent as often as a coordinator commits. More messages would be stored no sooner, and cost
 * the broker and the coordinator time: an island that shows a network one image at a time would send 90 a second.
 */
const STORE_SECONDS = 0.1;
/** An island that improves nothing still has its state stored this often, so that a restart repeats little. */
const CHECKPOINT_SECONDS = 5;

/** Carries an island's improvements to the coordinator and its emigrants to the neighbours. */
export interface Dispatch {
  /** Takes in all elites that were born here and won a cell, in the order of winning. */
  add(elites: readonly Elite[]): void;
  /** Takes in what came from another island: elites, of which those that `won` a cell may have to be passed on. */
  arrived(source: number, elites: readonly Elite[], won: readonly Elite[]): void;
  /**
   * Sends what waits and may be sent now. Cheap: call it after every step. Throws a {@link BadInputError} when what was
   * sent before can never be stored.
   */
  flush(neighbours: readonly number[]): void;
  /** Sends everything, and the island's last state, and resolves when it is stored, or when the link is gone. */
  settle(): Promise<void>;
  /** Wins that are not known to be stored: they wait, or are on their way. */
  readonly pending: number;
  readonly migrants: MigrantTotals;
}

export function createDispatch(parts: {
  readonly number: number;
  readonly island: Pick<Island, 'archive' | 'checkpoint' | 'totals'>;
  readonly link: Pick<IslandLink, 'improve' | 'migrate' | 'maxBytes'>;
  readonly migration: MigrationSpec;
  /** Of migration alone: see {@link createEmigrants}. */
  readonly random: RandomStream;
  /** Seconds, monotone. */
  readonly clock: () => number;
  /** Bytes of history that wait at the most: see {@link Outbox}. */
  readonly historyBytes?: number;
}): Dispatch {
  const { number, island, link, migration, clock } = parts;
  const outbox = createOutbox(parts.historyBytes);
  const send = createFlushSender(parts);
  const arrivals = createArrivals();
  const emigrants = createEmigrants({ ...parts, archive: island.archive });
  let migrants = NO_MIGRANTS;
  let underway = 0;
  let storing: Promise<void> | undefined;
  let hopeless: BadInputError | undefined;
  const began = clock();
  let storedAt = Number.NEGATIVE_INFINITY;
  let emigratedAt = 0;

  /**
   * One flush at a time: while its answer is out, the outbox keeps what comes. `sending` leaves when the flush is stored:
   * whatever has children elsewhere has its own line of parents stored first, whatever dies.
   */
  function store(sending?: Sending): void {
    storedAt = clock();
    const pending = outbox.take();
    const untold = arrivals.take();
    underway = pending.wins.length;
    storing = send(pending, untold)
      .then(
        () => sending && emigrate(sending),
        (error: unknown) => {
          outbox.putBack(pending);
          for (const arrival of untold) arrivals.add(arrival);
          if (error instanceof BadInputError) hopeless = error;
        },
      )
      .finally(() => {
        underway = 0;
        storing = undefined;
      });
  }

  function mayStore(): boolean {
    if (storing) return false;
    const now = clock();
    if (outbox.size > 0) return now - storedAt >= STORE_SECONDS;
    return now - Math.max(storedAt, began) > CHECKPOINT_SECONDS;
  }

  function nextSending(neighbours: readonly number[]): Sending | undefined {
    const { evaluations } = island.totals;
    if (evaluations - emigratedAt < migration.interval) return undefined;
    const sending = emigrants.next(neighbours);
    if (sending) emigratedAt = evaluations;
    return sending;
  }

  function emigrate(sending: Sending): void {
    const { destinations, elites } = sending;
    if (!link.migrate({ island: number, destinations, entries: entriesOf(elites) })) return;
    emigrants.sent(sending);
    migrants = { ...migrants, sent: migrants.sent + destinations.length * elites.length };
  }

  return {
    add(elites) {
      outbox.add(elites);
      emigrants.add(elites);
    },
    arrived(source, elites, won) {
      const arrival = { source, moved: elites.length, won: won.length };
      arrivals.add(arrival);
      migrants = {
        ...migrants,
        moved: migrants.moved + arrival.moved,
        won: migrants.won + arrival.won,
      };
      if (passesOn(migration)) emigrants.add(won);
    },
    flush(neighbours) {
      if (hopeless) throw hopeless;
      if (mayStore()) {
        store(nextSending(neighbours));
      } else if (storing === undefined && outbox.size === 0) {
        // The migrants that wait were stored before.
        const sending = nextSending(neighbours);
        if (sending) emigrate(sending);
      }
    },
    async settle() {
      await storing;
      if (hopeless) throw hopeless;
      store();
      await storing;
      if (hopeless) throw hopeless;
    },
    get pending() {
      return outbox.size + underway;
    },
    get migrants() {
      return migrants;
    },
  };
}
