import { setImmediate } from 'node:timers/promises';
import { readEntries } from '../../protocol/archive/entries.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import type { Welcome } from '../../protocol/wire/messages.js';
import type { Classifier } from '../classifier/classifier.js';
import { createDispatch } from './dispatch.js';
import type { Island } from './island.js';
import { followOrders } from './orders.js';

const HEARTBEAT_MS = 2000;

/**
 * The island loop: steps the island until its share of the budget is used up, it is told to stop, or the link ends.
 * Resolves when what it found is stored, or when nobody is left to store it.
 */
export async function runIsland(parts: {
  readonly island: Island;
  readonly welcome: Welcome;
  readonly spec: RunSpec;
  readonly classifier: Classifier;
  readonly link: IslandLink;
  /** Seconds, monotone. */
  readonly clock: () => number;
}): Promise<void> {
  const { island, welcome, spec, classifier, link, clock } = parts;
  const number = welcome.island;
  const dispatch = createDispatch({ number, island, link, interval: spec.migration.interval, clock });
  const orders = followOrders(link.inbox, welcome.neighbours, (migrants) => {
    const won = island.receive(readEntries(migrants.entries));
    // Where everyone is a neighbour of everyone it has already been everywhere; else it must pass through.
    if (spec.migration.topology !== 'full') dispatch.passOn(won);
  });

  const beat = () =>
    link.beat({
      island: number,
      device: classifier.device,
      modelDigest: classifier.digest,
      totals: island.checkpoint().totals,
    });
  beat();
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  const quota = welcome.evaluationQuota === 0 ? Number.POSITIVE_INFINITY : welcome.evaluationQuota;
  try {
    while (!orders.stopping) {
      const left = quota - island.checkpoint().totals.evaluations;
      if (left <= 0) break;
      if (orders.paused) {
        await orders.changed();
        continue;
      }
      dispatch.add(await island.step(left));
      dispatch.flush(orders.neighbours);
      // An engine that answers without leaving the thread (WebAssembly) would let no message in.
      await setImmediate();
    }
    await dispatch.settle();
  } finally {
    clearInterval(heartbeat);
  }
}
