/**
 * The process of one trial: forked by search.ts. It evolves one island, and tells its parent how far it is and, in the end,
 * the curve. Its argument: a {@link TrialOrder} as JSON.
 */
import { BadInputError, messageOf } from '../../../protocol/base/errors.js';
import { openModel } from '../../../worker/classifier/open.js';
import { named } from '../../library/open-classifier.js';
import { runTrial } from './run-trial.js';
import type { TrialNews, TrialOrder } from './trial-order.js';

// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

const order = JSON.parse(process.argv[2] ?? '') as TrialOrder;
const tell = (news: TrialNews) =>
  new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(news, () => resolve());
  });

try {
  const { reference, overrides, engine, device } = order.network;
  const { model, classifier } = await openModel(reference, overrides, { engine, device });
  await using network = named(classifier, model);
  const trial = await runTrial(order, {
    classifier: network,
    clock: () => performance.now() / 1000,
    onProgress: (cost) => void tell({ type: 'progress', cost }),
  });
  await tell({ type: 'done', trial });
} catch (error) {
  await tell({ type: 'failed', problem: error instanceof BadInputError ? error.problem : messageOf(error) });
}
process.disconnect?.();
