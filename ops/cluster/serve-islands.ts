import type { ChildProcess } from 'node:child_process';
import { InterruptedError } from '../../protocol/base/errors.js';
import { connectBroker } from '../../protocol/transport/nats/broker.js';
import { followInterruptions } from '../cli/interruption.js';
import { say } from '../cli/output.js';
import { describeEvent, figuresOf, superviseChildren } from '../supervise/supervisor.js';
import { createComplaints } from './complaints.js';
import { type ChildWord, LEAVE, type Place } from './family.js';
import { brokerFromFlags, type NatsFlags } from './nats-flags.js';
import type { ServedMetrics } from './serve-metrics.js';

/** Shows how the children are doing. */
type Watcher = Pick<ServedMetrics, 'started' | 'take' | 'gone'>;

/** Children finish their batch and send what they have; those that take longer are killed. */
const GRACE_MS = 45_000;

/**
 * Works on several islands of a run, each in a child process, until all of them are done. A child that dies is started
 * again and takes its island up. A first signal has them leave in order, a second one kills them; after either this
 * rejects with an {@link InterruptedError}. Rejects with a {@link BadInputError} when none of them could work.
 */
export async function serveIslands(
  flags: NatsFlags,
  islands: readonly Place[],
  watcher?: Watcher,
): Promise<void> {
  const interruption = followInterruptions('Interrupted twice. What was not stored yet is lost.');
  try {
    // An error that all of them would report is said once.
    const broker = await connectBroker({ ...brokerFromFlags(flags), signal: interruption.signal });
    await broker.close();
    await supervise(flags, islands, interruption, watcher);
  } finally {
    interruption.release();
  }
}

const BECAME = { finished: 'finished', died: 'restarting', 'gave-up': 'failed', ended: 'failed' } as const;

async function supervise(
  flags: NatsFlags,
  islands: readonly Place[],
  { signal, forced }: ReturnType<typeof followInterruptions>,
  watcher: Watcher | undefined,
): Promise<void> {
  const { nats, run, natsCreds, patience } = flags;
  const watched = watcher !== undefined;
  const order = { nats, run, patience, watched, ...(natsCreds !== undefined && { natsCreds }) };
  const complaints = createComplaints();
  /** The islands of the children, which lines about them name. */
  const held = new Map<string, number>();
  const processes = new Set<ChildProcess>();
  const supervisor = superviseChildren({
    main: new URL('./island-process.js', import.meta.url),
    children: new Map(islands.map((island) => [island.name, [JSON.stringify({ ...order, ...island })]])),
    onStart(process, child) {
      processes.add(process);
      watcher?.started(child);
      process.once('exit', () => processes.delete(process));
      process.on('message', (word: ChildWord) => {
        switch (word.type) {
          case 'evolving':
            held.set(child, word.island);
            complaints.worked();
            break;
          case 'report':
            watcher?.take(child, word.report);
            break;
          case 'failed':
            complaints.hear(child, word.sentence);
            process.disconnect();
            break;
        }
      });
    },
    onEvent(event) {
      watcher?.gone(event.child, BECAME[event.type]);
      if (event.type === 'finished' || event.type === 'ended') return;
      const how = complaints.reasonOf(event.child, event.how);
      const death = { ...event, how };
      const island = held.get(event.child);
      const told = { ...figuresOf(death), ...(island !== undefined && { island }) };
      if (event.type === 'died') say(describeEvent(death), told, 'warn');
      else complaints.giveUp(how, () => say(describeEvent(death), told, 'error'));
    },
  });
  const leave = () => {
    for (const process of processes) if (process.connected) process.send(LEAVE);
    void supervisor.stop(GRACE_MS);
  };
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  try {
    await Promise.race([supervisor.done, forced]);
  } finally {
    await supervisor.stop(0);
  }
  if (signal.aborted) throw new InterruptedError();
  complaints.check();
}
