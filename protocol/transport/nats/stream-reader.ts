import { type Consumer, type ConsumerMessages, ErrorCode, type JetStreamManager, type JsMsg } from 'nats';
import { UnreachableError } from '../../base/errors.js';
import { trace } from '../../base/trace.js';
import { type Broker, isNatsError } from './broker.js';

/** Reads a run's stream, one bounded batch after another, for as long as the broker has the consumer. */
export interface StreamReader {
  /** Resolves when all messages up to `sequence` were handed on, or reading ended. */
  reached(sequence: number): Promise<void>;
  /** Looks whether the broker still has the consumer, sooner than the next message would show it. */
  check(): Promise<void>;
  /** Resolves when nothing more is handed on. */
  close(): Promise<void>;
}

/** Messages that are asked for at a time, and their bytes, as far as those can be foreseen. */
const BATCH_MESSAGES = 256;
const BATCH_BYTES = 16 << 20;
/** A request is made again after this long; a broker that has not even said by then that it has nothing is asked why. */
const EXPIRES_MS = 2000;
const RETRY_MS = 250;

export function readStream(parts: {
  readonly broker: Broker;
  readonly jsm: JetStreamManager;
  readonly stream: string;
  readonly consumer: string;
  /** Everything up to here was acknowledged before. */
  readonly position: number;
  /** The next message is handed on when this has resolved. */
  readonly onMessage: (message: JsMsg) => Promise<void>;
  /** Another coordinator has taken the run over, or the stream was deleted. */
  readonly onGone: (error: UnreachableError) => void;
}): StreamReader {
  const { broker, jsm, stream, consumer, onMessage, onGone } = parts;
  const waiting = new Map<() => void, number>();
  let position = parts.position;
  let typicalBytes = 1024;
  let source: Consumer | undefined;
  let batch: ConsumerMessages | undefined;
  let closed = false;

  function advance(sequence: number): void {
    position = Math.max(position, sequence);
    for (const [resolve, wanted] of waiting) {
      if (position < wanted && !closed) continue;
      waiting.delete(resolve);
      resolve();
    }
  }

  async function readBatch(): Promise<void> {
    source ??= await broker.nc.jetstream().consumers.get(stream, consumer);
    const room = Math.floor(BATCH_BYTES / typicalBytes);
    batch = await source.fetch({
      max_messages: Math.max(1, Math.min(BATCH_MESSAGES, room)),
      expires: EXPIRES_MS,
    });
    if (closed) void batch.close();
    for await (const message of batch) {
      // Follows large messages at once and forgets them slowly.
      typicalBytes = Math.max(message.data.length, typicalBytes * 0.99, 1024);
      await onMessage(message);
      advance(message.seq);
      if (closed) break;
    }
  }

  /** Why the broker gives no messages: undefined when it only does not at the moment. */
  async function diagnose(): Promise<UnreachableError | undefined> {
    try {
      await jsm.consumers.info(stream, consumer);
      return undefined;
    } catch (error) {
      if (!isNatsError(error, ErrorCode.JetStream404NoMessages)) return undefined;
      return new UnreachableError(
        'ERR_RUN_TAKEN_OVER',
        'Another coordinator took this run over, or the broker lost the stream of the run. ' +
          'Stop one of the two coordinators, or restore the broker.',
        error,
      );
    }
  }

  let checking: Promise<void> | undefined;
  function check(): Promise<void> {
    checking ??= diagnose().then((gone) => {
      checking = undefined;
      if (gone === undefined || closed) return;
      closed = true;
      void batch?.close();
      onGone(gone);
    });
    return checking;
  }

  async function read(): Promise<void> {
    while (!closed) {
      try {
        await broker.whenOnline();
        await readBatch();
      } catch (error) {
        trace('reading the stream of the run', error);
        source = undefined;
        if (closed || broker.nc.isClosed()) break;
        await check();
        if (!closed) await broker.pause(RETRY_MS);
      }
    }
    closed = true;
    advance(position);
  }

  // A request from before the connection broke will never be answered.
  broker.onReconnect(() => void batch?.close());
  const reading = read();
  return {
    reached: (sequence) =>
      new Promise((resolve) => {
        if (closed || position >= sequence) resolve();
        else waiting.set(resolve, sequence);
      }),
    check,
    async close() {
      closed = true;
      void batch?.close();
      await reading;
    },
  };
}
