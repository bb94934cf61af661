import type { Elite } from '../../protocol/archive/elite.js';
import { entriesOf } from '../../protocol/archive/entries.js';
import { BadInputError } from '../../protocol/errors.js';
import { splitEntries } from '../../protocol/transport/split.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import type { Island } from './island.js';
import { createOutbox } from './outbox.js';

/** An island that improves nothing still has its state stored this often, so that a restart repeats little. */
const CHECKPOINT_SECONDS = 5;

/** Carries an island's improvements to the coordinator and its emigrants to the neighbours. */
export interface Dispatch {
  /** Takes in elites that were born here and won a cell. */
  add(elites: readonly Elite[]): void;
  /** Takes in elites that came from elsewhere and are to be passed on. */
  passOn(elites: readonly Elite[]): void;
  /**
   * Sends what waits and can be sent now. Cheap: call it after every step. Throws a {@link BadInputError} when what was
   * sent before can never be stored.
   */
  flush(neighbours: readonly number[]): void;
  /** Sends everything, and the island's last state, and resolves when it is stored, or when the link is gone. */
  settle(): Promise<void>;
}

export function createDispatch(parts: {
  readonly number: number;
  readonly island: Pick<Island, 'checkpoint'>;
  readonly link: Pick<IslandLink, 'improve' | 'migrate' | 'maxBytes'>;
  /** Evaluations between two sendings of migrants. */
  readonly interval: number;
  /** Seconds, monotone. */
  readonly clock: () => number;
}): Dispatch {
  const { number, island, link, interval, clock } = parts;
  const outbox = createOutbox();
  const emigrants = createOutbox();
  let sequence = 0;
  let storing: Promise<void> | undefined;
  let hopeless: BadInputError | undefined;
  let storedAt = clock();
  let emigratedAt = 0;

  /**
   * In as many messages as it takes. The last brings the state, and only goes once the others are stored: a state is
   * never there without the elites that it accounts for.
   */
  async function send(elites: readonly Elite[]): Promise<void> {
    const checkpoint = island.checkpoint();
    const groups = splitEntries(entriesOf(elites), link.maxBytes ?? Number.POSITIVE_INFINITY);
    const last = groups.pop() ?? [];
    if (groups.length > 0) {
      const earlier = groups.map((entries) =>
        link.improve({ island: number, sequence: ++sequence, entries }),
      );
      await Promise.all(earlier);
    }
    await link.improve({ island: number, sequence: ++sequence, entries: last, checkpoint });
  }

  /** One flush at a time: while its answer is out, the outbox keeps the best of what comes. */
  function store(): void {
    storedAt = clock();
    const elites = outbox.take();
    storing = send(elites)
      .catch((error: unknown) => {
        outbox.add(elites);
        if (error instanceof BadInputError) hopeless = error;
      })
      .finally(() => {
        storing = undefined;
      });
  }

  function emigrate(destinations: readonly number[]): void {
    const { evaluations } = island.checkpoint().totals;
    if (emigrants.size === 0 || evaluations - emigratedAt < interval) return;
    emigratedAt = evaluations;
    const elites = emigrants.take();
    if (destinations.length === 0) return;
    if (!link.migrate({ island: number, destinations, entries: entriesOf(elites) })) emigrants.add(elites);
  }

  return {
    add(elites) {
      outbox.add(elites);
      emigrants.add(elites);
    },
    passOn: (elites) => emigrants.add(elites),
    flush(neighbours) {
      if (hopeless) throw hopeless;
      if (!storing && (outbox.size > 0 || clock() - storedAt > CHECKPOINT_SECONDS)) store();
      emigrate(neighbours);
    },
    async settle() {
      await storing;
      if (hopeless) throw hopeless;
      store();
      await storing;
      if (hopeless) throw hopeless;
    },
  };
}
