import { readEntries } from '../protocol/archive/entries.js';
import { BadInputError, messageOf } from '../protocol/base/errors.js';
import { randomFrom } from '../protocol/base/seeded-random.js';
import type { Drawer } from '../protocol/drawing/drawer.js';
import { checkSpec, type RunSpec } from '../protocol/spec/run-spec.js';
import type { IslandLink } from '../protocol/transport/transport.js';
import type { Ending, Welcome } from '../protocol/wire/messages.js';
import { NO_TOTALS, type Totals } from '../protocol/wire/totals.js';
import type { Classifier } from './classifier/classifier.js';
import { emitterFor } from './emitter/emitters.js';
import { createIsland } from './island/island.js';
import { runIsland } from './island/loop.js';
import type { IslandWatch } from './island/watch.js';
import { scorerFor } from './scorer-for.js';

/** What a worker needs of the world around it. */
export interface WorkerParts {
  readonly link: IslandLink;
  /** Names the worker: one that comes back under the same name takes its island up again. */
  readonly name: string;
  readonly pid: number;
  /** Opens the run's network; rejects with a sentence for a person when it cannot. */
  readonly openClassifier: (welcome: Welcome, spec: RunSpec) => Promise<Classifier>;
  readonly openDrawer: () => Drawer;
  /** Seconds, monotone. */
  readonly clock: () => number;
  /** Why the worker leaves an island that is not done, if it does; asked when the island has stopped. */
  readonly leaving?: () => string | undefined;
  readonly watch?: IslandWatch;
}

/**
 * Joins a run and evolves the island it is given. Says farewell in any case, with the error when there was one;
 * then rejects with that error.
 */
export async function work(parts: WorkerParts): Promise<void> {
  const { link, name, pid, clock, watch } = parts;
  const welcome = await link.join({ worker: name, pid });
  let totals = (): Totals => welcome.checkpoint?.totals ?? NO_TOTALS;
  const farewell = (ending: Ending, error = '') =>
    link.farewell({ island: welcome.island, ending, error, totals: totals() });

  async function evolve(): Promise<void> {
    const spec = checkSpec(JSON.parse(welcome.spec));
    const classifier = await parts.openClassifier(welcome, spec);
    try {
      await classifier.warmup();
      const scorer = scorerFor(spec, { drawer: parts.openDrawer(), classifier, clock });
      const island = createIsland({
        island: welcome.island,
        spec,
        random: randomFrom(spec.seed, 'island', welcome.island),
        scorer,
        emitter: emitterFor(spec),
        ...(welcome.checkpoint && { checkpoint: welcome.checkpoint }),
      });
      totals = () => island.totals;
      island.receive(readEntries(welcome.elites));
      const stream = randomFrom(spec.seed, 'migration', welcome.island);
      await runIsland({
        island,
        welcome,
        spec,
        classifier,
        score: scorer.score,
        link,
        random: stream,
        clock,
        ...(watch && { watch }),
      });
    } finally {
      await classifier.close();
    }
  }

  try {
    await evolve();
  } catch (error) {
    await farewell(error instanceof BadInputError ? 'unfit' : 'failed', messageOf(error));
    throw error;
  }
  const reason = parts.leaving?.();
  if (reason === undefined) await farewell('done');
  else await farewell('left', reason);
}
