/**
 * The process of one island of several on a machine: forked by `atoll worker`, it works as that would alone. Its
 * argument: a {@link ChildOrder} as JSON.
 */
import { AtollError, InterruptedError, messageOf } from '../../protocol/base/errors.js';
import { EXIT } from '../../protocol/base/exit-codes.js';
import { reportDefect } from '../cli/defect.js';
import { inheritLog } from '../cli/log-flags.js';
import { inheritTrace } from '../cli/trace-flag.js';
import { type ChildOrder, type ChildWord, LEAVE } from './family.js';
import { brokerFromFlags } from './nats-flags.js';
import { serveIsland } from './serve-island.js';
import type { WorkerReport } from './worker-report.js';

/** An orphan whose broker is away too gives up after this long what it could not send. */
const ORPHAN_MS = 30_000;

process.once('uncaughtException', (error) => {
  reportDefect(error);
  process.exit(EXIT.failed);
});

const leaving = new AbortController();
// Ctrl-C reaches the whole process group; the parent decides what it means, and tells us.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => leaving.abort());
process.on('message', (message) => {
  if (message === LEAVE) leaving.abort();
});
process.on('disconnect', () => {
  leaving.abort();
  setTimeout(() => process.exit(EXIT.interrupted), ORPHAN_MS).unref();
});

const tell = (word: ChildWord) => {
  if (process.connected) process.send?.(word);
};

const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;
inheritTrace();
await inheritLog({ role: 'worker', run: order.run, worker: order.name });
try {
  await serveIsland({
    broker: brokerFromFlags(order),
    run: order.run,
    name: order.name,
    ...(order.device !== undefined && { device: order.device }),
    leaving: leaving.signal,
    onEvolving: (island) => tell({ type: 'evolving', island }),
    ...(order.watched && { onReport: (report: WorkerReport) => tell({ type: 'report', report }) }),
  });
  if (process.connected) process.disconnect();
} catch (error) {
  process.exitCode = error instanceof AtollError ? error.exitCode : EXIT.failed;
  if (error instanceof InterruptedError) {
    if (process.connected) process.disconnect();
  } else {
    if (!(error instanceof AtollError)) reportDefect(error);
    // The parent breaks the pipe when it has heard it: until then this process stays.
    tell({ type: 'failed', sentence: messageOf(error) });
  }
}
