import { createArchive } from '../../../protocol/archive/archive.js';
import type { Elite } from '../../../protocol/archive/elite.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { checkSpec } from '../../../protocol/spec/run-spec.js';
import type { IslandLink } from '../../../protocol/transport/transport.js';
import type { Checkpoint } from '../../../protocol/wire/messages.js';
import { NO_TOTALS, type Totals } from '../../../protocol/wire/totals.js';
import { createDispatch } from '../../../worker/island/dispatch.js';
import { followOrders } from '../../../worker/island/orders.js';

/** An island that evolves nothing, and sends what it is told it has found just as a real one does. */
export interface SimulatedIsland {
  readonly number: number;
  readonly evaluations: number;
  /** Messages that the broker has not stored yet. */
  readonly inFlight: number;
  /** Elites that an image won after `evaluations` more images. */
  found(elites: readonly Elite[], evaluations: number): void;
  /** Sends what waits and can be sent now. */
  flush(): void;
  beat(): void;
  close(): Promise<void>;
}

/** Joins a run as a worker of this name. */
export async function joinSwarm(parts: {
  readonly link: IslandLink;
  readonly name: string;
  /** Called when a message is handed over to be stored. */
  readonly onPublish: (island: number, sequence: number) => void;
  /** Called when the broker has stored it. */
  readonly onStored: (island: number, sequence: number) => void;
  /** Seconds, monotone. */
  readonly clock: () => number;
}): Promise<SimulatedIsland> {
  const { link, name, onPublish, onStored, clock } = parts;
  const welcome = await link.join({ worker: name, pid: process.pid });
  const number = welcome.island;
  const { seed, classes, migration } = checkSpec(JSON.parse(welcome.spec));
  const archive = createArchive(classes);
  let evaluations = 0;
  let inFlight = 0;
  const random = randomFrom(seed, 'swarm', number);
  const totals = (): Totals => ({ ...NO_TOTALS, evaluations });
  const checkpoint = (): Checkpoint => ({ totals: totals(), random: random.save() });
  const dispatch = createDispatch({
    number,
    island: {
      archive,
      checkpoint,
      get totals() {
        return totals();
      },
    },
    link: {
      ...(link.maxBytes !== undefined && { maxBytes: link.maxBytes }),
      async improve(improvements) {
        onPublish(number, improvements.sequence);
        inFlight++;
        await link.improve(improvements);
        inFlight--;
        onStored(number, improvements.sequence);
      },
      migrate: link.migrate,
    },
    migration,
    random,
    clock,
  });
  const orders = followOrders(link.inbox, welcome, { migrants() {}, audit() {} });
  return {
    number,
    get evaluations() {
      return evaluations;
    },
    get inFlight() {
      return inFlight;
    },
    found(elites, more) {
      evaluations += more;
      for (const elite of elites) archive.merge(elite);
      dispatch.add(elites);
    },
    flush: () => dispatch.flush(orders.neighbours),
    beat: () =>
      link.beat({
        island: number,
        device: 'simulated',
        modelDigest: welcome.modelDigest,
        totals: totals(),
      }),
    close: link.close,
  };
}
