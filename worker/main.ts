/**
 * The worker's process: forked by a supervisor, it speaks with the coordinator over the pipe to its parent.
 * Its arguments: the worker's name.
 */
import { loadDrawer } from '../protocol/drawing/load.js';
import { AtollError } from '../protocol/errors.js';
import { processChannel } from '../protocol/transport/local/channel.js';
import { createLocalIslandLink } from '../protocol/transport/local/island-link.js';
import { openRunClassifier } from './classifier/open.js';
import { work } from './worker.js';

// Ctrl-C reaches the whole process group; the parent decides what it means, and tells us.
process.on('SIGINT', () => {});

const link = createLocalIslandLink(processChannel(process));
try {
  await work({
    link,
    name: process.argv[2] ?? `worker-${process.pid}`,
    pid: process.pid,
    async openClassifier(welcome, spec) {
      const { engine, device } = spec;
      return openRunClassifier(welcome.modelDirectory, welcome.modelDigest, { engine, device });
    },
    openDrawer: loadDrawer,
    clock: () => performance.now() / 1000,
  });
} catch (error) {
  // The farewell has told the coordinator what happened.
  process.exitCode = error instanceof AtollError ? error.exitCode : 1;
} finally {
  await link.close();
}
