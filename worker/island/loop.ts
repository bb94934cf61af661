import { setImmediate } from 'node:timers/promises';
import { readEntries } from '../../protocol/archive/entries.js';
import type { RandomStream } from '../../protocol/base/random.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import type { Welcome } from '../../protocol/wire/messages.js';
import type { Classifier } from '../classifier/classifier.js';
import { createAudits } from './audits.js';
import { createDispatch } from './dispatch.js';
import type { Island } from './island.js';
import { followOrders } from './orders.js';
import type { IslandWatch } from './watch.js';

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
  /** Draws genomes and gives their confidences, shape [genomes, classes]: for audits. */
  readonly score: (genomes: readonly Genome[]) => Promise<Float32Array>;
  readonly link: IslandLink;
  /** Decides about migration alone; whom an island meets does not change what it draws for its children. */
  readonly random: RandomStream;
  /** Seconds, monotone. */
  readonly clock: () => number;
  readonly watch?: IslandWatch;
}): Promise<void> {
  const { island, welcome, spec, classifier, link, random, clock, watch } = parts;
  const number = welcome.island;
  const dispatch = createDispatch({ number, island, link, migration: spec.migration, random, clock });
  const { batch, classes } = spec;
  const audits = createAudits({ island: number, batch, classes, score: parts.score, link, clock });
  const orders = followOrders(link.inbox, welcome, {
    migrants(migrants) {
      // Nobody of the run: what it sends is passed over, and never counted.
      if (migrants.island >= spec.islands) return;
      const elites = readEntries(migrants.entries);
      dispatch.arrived(migrants.island, elites, island.receive(elites));
    },
    audit: audits.add,
  });

  const beat = () =>
    link.beat({
      island: number,
      device: classifier.device,
      modelDigest: classifier.digest,
      totals: island.totals,
    });
  beat();
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  watch?.begin(() => ({
    island: number,
    engine: classifier.engine,
    device: classifier.device,
    batch,
    classes,
    filled: island.archive.filled,
    paused: orders.paused,
    totals: island.totals,
    migrants: dispatch.migrants,
    pending: dispatch.pending,
  }));
  const quotas = { evaluations: limitOf(welcome.evaluationQuota), cost: limitOf(welcome.costQuota) };
  try {
    while (!orders.stopping) {
      const before = island.totals;
      const left = {
        evaluations: quotas.evaluations - before.evaluations,
        cost: quotas.cost - before.cost,
      };
      if (left.evaluations <= 0 || left.cost <= 0) break;
      if (orders.paused) {
        // While it rests, nothing waits for the next step to be sent.
        await dispatch.settle();
        await audits.answer(true);
        if (orders.paused && !orders.stopping) await orders.changed();
        continue;
      }
      const began = clock();
      dispatch.add(await island.step(left));
      dispatch.flush(orders.neighbours);
      if (watch) {
        const { renderSeconds, classifySeconds } = island.totals;
        watch.step({
          step: clock() - began,
          render: renderSeconds - before.renderSeconds,
          classify: classifySeconds - before.classifySeconds,
        });
      }
      await audits.answer();
      // An engine that answers without leaving the thread (WebAssembly) would let no message in.
      await setImmediate();
    }
    await dispatch.settle();
  } finally {
    clearInterval(heartbeat);
    watch?.end();
  }
}

/** A quota of 0 is no limit. */
function limitOf(quota: number): number {
  return quota === 0 ? Number.POSITIVE_INFINITY : quota;
}
