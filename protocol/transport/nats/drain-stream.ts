import { type JetStreamManager, nanos } from 'nats';
import { messageOf, UnreachableError } from '../../base/errors.js';
import type { Broker } from './broker.js';

/** What was lost on its way to us comes again this long after it was sent, instead of {@link consumerSettings}' wait. */
const ACK_WAIT_MS = 1000;
const LOOK_MS = 50;
const RETRY_MS = 250;
/** A broker that is away may come back meanwhile. */
const DRAIN_MS = 60_000;

/**
 * Resolves when a coordinator's consumer has nothing left: all that the broker has stored was acknowledged. Rejects with
 * an {@link UnreachableError} when that takes too long, or the link ends.
 */
export async function drainStream(parts: {
  readonly broker: Broker;
  readonly jsm: JetStreamManager;
  readonly stream: string;
  readonly consumer: string;
  readonly milliseconds?: number;
}): Promise<void> {
  const { broker, jsm, stream, consumer, milliseconds = DRAIN_MS } = parts;
  const deadline = performance.now() + milliseconds;
  let hurried = false;
  for (;;) {
    let got: string;
    try {
      if (!hurried) await jsm.consumers.update(stream, consumer, { ack_wait: nanos(ACK_WAIT_MS) });
      hurried = true;
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, consumer);
      if (num_pending + num_ack_pending === 0) return;
      got = `${num_pending + num_ack_pending} left`;
      await broker.pause(LOOK_MS);
    } catch (error) {
      got = messageOf(error);
      await broker.pause(RETRY_MS);
    }
    if (broker.nc.isClosed() || performance.now() > deadline) {
      throw new UnreachableError(
        'ERR_BROKER_UNREACHABLE',
        `Not everything that the broker has stored of the run could be read (${got}). Start the coordinator again.`,
      );
    }
  }
}
