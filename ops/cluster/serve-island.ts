import { join } from 'node:path';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { InterruptedError } from '../../protocol/errors.js';
import type { BrokerOptions } from '../../protocol/transport/nats/broker.js';
import { connectIsland } from '../../protocol/transport/nats/island-link.js';
import { fetchModel, referencedModel } from '../../protocol/transport/nats/model-store.js';
import { openRunClassifier } from '../../worker/classifier/open-run.js';
import { modelsDirectory } from '../../worker/model/cache.js';
import { work } from '../../worker/worker.js';
import { followInterruption } from '../cli/interruption.js';
import { say } from '../cli/output.js';

/** Fetched models, by the digest of their package. */
const packagesDirectory = () => join(modelsDirectory(), 'packages');

/**
 * Works on one island of a run until that is done. A first signal leaves in order, and another worker may take the
 * island up; a second one kills. Rejects with an {@link InterruptedError} after the first.
 */
export async function serveIsland(request: {
  readonly broker: BrokerOptions;
  readonly run: string;
  readonly name: string;
  /** Instead of the run's. */
  readonly device?: string;
}): Promise<void> {
  const { broker, run, name, device } = request;
  const link = await connectIsland({ ...broker, run });
  const interruption = followInterruption();
  interruption.signal.addEventListener('abort', link.leave);
  try {
    say(`${name}: asking for an island of ${run}`);
    await work({
      link,
      name,
      pid: process.pid,
      async openClassifier(welcome, spec) {
        const digest = referencedModel(welcome.modelDirectory);
        const directory =
          digest === undefined
            ? welcome.modelDirectory
            : await fetchModel(broker, digest, packagesDirectory());
        const classifier = await openRunClassifier(directory, welcome.modelDigest, {
          engine: spec.engine,
          device: device ?? spec.device,
        });
        say(`${name}: evolving island ${welcome.island} of ${run} on ${classifier.device}`);
        return classifier;
      },
      openDrawer: loadDrawer,
      clock: () => performance.now() / 1000,
      leaving: () => (interruption.signal.aborted ? 'its worker was told to leave' : undefined),
    });
  } catch (error) {
    // A worker that is told to leave while it waits for an island ends its link.
    if (!interruption.signal.aborted) throw error;
  } finally {
    interruption.release();
    await link.close();
  }
  if (interruption.signal.aborted) throw new InterruptedError();
}
