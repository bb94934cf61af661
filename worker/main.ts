/**
 * The worker's process: forked by a supervisor, it speaks with the coordinator over the pipe to its parent.
 * Its arguments: the worker's name.
 */

import { AtollError } from '../protocol/base/errors.js';
import { EXIT } from '../protocol/base/exit-codes.js';
import { loadDrawer } from '../protocol/drawing/load.js';
import { processChannel } from '../protocol/transport/local/channel.js';
import { createLocalIslandLink } from '../protocol/transport/local/island-link.js';
import { openRunClassifier } from './classifier/open.js';
import { work } from './worker.js';

// Signals for the whole process group reach the parent too, which decides what they mean and tells us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

const link = createLocalIslandLink(processChannel(process));
try {
  await work({
    link,
    name: process.argv[2] ?? `worker-${process.pid}`,
    pid: process.pid,
    async openClassifier({ model, modelDigest }, spec) {
      if (model.type !== 'directory') throw new Error('a coordinator on this machine names a folder');
      return openRunClassifier(model.path, { ...spec, modelDigest }, spec);
    },
    openDrawer: loadDrawer,
    clock: () => performance.now() / 1000,
  });
} catch (error) {
  // The farewell has told the coordinator what happened.
  process.exitCode = error instanceof AtollError ? error.exitCode : EXIT.failed;
} finally {
  await link.close();
}
