import { join } from 'node:path';
import { InterruptedError } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { BrokerOptions } from '../../protocol/transport/nats/broker.js';
import { connectIsland } from '../../protocol/transport/nats/island-link.js';
import { fetchModel } from '../../protocol/transport/nats/model-store.js';
import { openRunClassifier } from '../../worker/classifier/open.js';
import { modelsDirectory } from '../../worker/model/cache.js';
import { work } from '../../worker/worker.js';
import { bindLog } from '../cli/log-flags.js';
import { say } from '../cli/output.js';
import { reportIsland, type WorkerReport } from './worker-report.js';

/** How often a worker that waits for an island says so. */
const WAITING_MS = 10_000;

/** Fetched models, by the digest of their package. */
const packagesDirectory = () => join(modelsDirectory(), 'packages');

/**
 * Works on one island of a run until that is done, or until `leaving` is aborted: then it leaves in order, another worker
 * may take the island up, and this rejects with an {@link InterruptedError}.
 */
export async function serveIsland(request: {
  readonly broker: BrokerOptions;
  readonly run: string;
  readonly name: string;
  /** Instead of the run's. */
  readonly device?: string;
  readonly leaving: AbortSignal;
  /** Called when the island is there and begins to evolve. */
  readonly onEvolving?: (island: number) => void;
  /** Called about once a second with how the island stands. */
  readonly onReport?: (report: WorkerReport) => void;
}): Promise<void> {
  const { broker, run, name, device, leaving, onReport } = request;
  const link = await connectIsland({ ...broker, run, signal: leaving });
  leaving.addEventListener('abort', link.leave);
  let waiting: NodeJS.Timeout | undefined;
  const watch = onReport && reportIsland({ send: onReport, online: () => link.online });
  try {
    if (leaving.aborted) throw new InterruptedError();
    say(`${name}: asking for an island of ${run}`, { event: 'island-asked' });
    waiting = setInterval(() => {
      say(
        `${name}: no coordinator of ${run} has given an island yet; still asking. Check the name of the run`,
        { event: 'island-awaited' },
        'warn',
      );
    }, WAITING_MS);
    await work({
      link,
      name,
      pid: process.pid,
      async openClassifier(welcome, spec) {
        clearInterval(waiting);
        const { model } = welcome;
        const directory =
          model.type === 'directory'
            ? model.path
            : await fetchModel(broker, model.digest, packagesDirectory());
        const options = { engine: spec.engine, device: device ?? spec.device };
        const { island, modelDigest } = welcome;
        const classifier = await openRunClassifier(directory, { ...spec, modelDigest }, options);
        // A process evolves one island: from now on every line is about this one.
        bindLog({ island });
        const told = { event: 'island-evolving', device: classifier.device, batch: spec.batch };
        say(`${name}: evolving island ${island} of ${run} on ${classifier.device}`, told);
        request.onEvolving?.(island);
        return classifier;
      },
      openDrawer: loadDrawer,
      clock: () => performance.now() / 1000,
      leaving: () => (leaving.aborted ? 'its worker was told to leave' : undefined),
      ...(watch && { watch }),
    });
  } catch (error) {
    // A worker that is told to leave while it waits for an island ends its link.
    if (!leaving.aborted) throw error;
  } finally {
    clearInterval(waiting);
    leaving.removeEventListener('abort', link.leave);
    await link.close();
  }
  if (leaving.aborted) throw new InterruptedError();
  say(`${name}: the work on ${run} is done`, { event: 'island-done' });
}
