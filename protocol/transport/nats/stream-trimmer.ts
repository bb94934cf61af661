import type { JetStreamManager } from 'nats';
import { trace } from '../../base/trace.js';

const TRIM_MS = 10_000;

/**
 * Keeps a run's stream from growing for ever: while it holds more than `keepBytes`, what the coordinator has
 * acknowledged is deleted. A message that is not acknowledged is never deleted.
 */
export function trimStream(parts: {
  readonly jsm: JetStreamManager;
  readonly stream: string;
  readonly consumer: string;
  readonly keepBytes: number;
  readonly everyMilliseconds?: number;
}): { stop(): void } {
  const { jsm, stream, consumer, keepBytes, everyMilliseconds = TRIM_MS } = parts;
  let trimming = false;

  async function trim(): Promise<void> {
    const { state } = await jsm.streams.info(stream);
    if (state.bytes <= keepBytes) return;
    const { ack_floor } = await jsm.consumers.info(stream, consumer);
    // Everything before this sequence goes.
    await jsm.streams.purge(stream, { seq: ack_floor.stream_seq + 1 });
  }

  const timer = setInterval(() => {
    if (trimming) return;
    trimming = true;
    // The broker is away, or busy: next time.
    void trim()
      .catch((error: unknown) => trace('trimming the stream of the run', error))
      .finally(() => {
        trimming = false;
      });
  }, everyMilliseconds);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
