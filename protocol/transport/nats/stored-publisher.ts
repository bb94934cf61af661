import { ErrorCode, headers } from 'nats';
import { AtollError, BadInputError } from '../../base/errors.js';
import { retry } from '../retry.js';
import { type Broker, goneError, isNatsError, refusal } from './broker.js';
import { SESSION } from './subjects.js';

/** Publishes messages that the broker is to store. */
export interface StoredPublisher {
  /**
   * Resolves when the broker has stored the message, however often it has to be sent for that. `id` is unique within
   * `session`. Rejects with a {@link BadInputError} when it never will, and with an UnreachableError when the link ends.
   */
  publish(subject: string, bytes: Uint8Array, session: string, id: string): Promise<void>;
}

/** Bytes on their way to the broker before others wait: a slow line must not make answers late. */
const WINDOW_BYTES = 4 << 20;
const WINDOW_MESSAGES = 256;
/**
 * A message that the broker took and does not acknowledge is sent again after this time, then after twice as long, and so
 * on; the broker notices that it has it already. The first time is short, because a cluster of three servers drops
 * messages from the loss of its leader until it has another. The times grow, so that a broker that is only slow is not
 * given more to do.
 */
const FIRST_STORED_MS = 2000;
const LAST_STORED_MS = 16_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2000;

export function createStoredPublisher(broker: Broker): StoredPublisher {
  const js = broker.nc.jetstream();
  const queue: { readonly bytes: number; readonly enter: () => void }[] = [];
  let bytesOut = 0;
  let messagesOut = 0;

  function admit(): void {
    for (let [next] = queue; next; [next] = queue) {
      const room = bytesOut + next.bytes <= WINDOW_BYTES && messagesOut < WINDOW_MESSAGES;
      if (messagesOut > 0 && !room) return;
      queue.shift();
      bytesOut += next.bytes;
      messagesOut++;
      next.enter();
    }
  }

  async function publishUntilStored(subject: string, data: Uint8Array, session: string, id: string) {
    let timeout = FIRST_STORED_MS;
    const publish = async () => {
      await broker.whenOnline();
      if (broker.nc.isClosed()) throw goneError();
      const header = headers();
      header.set(SESSION, session);
      const options = { msgID: `${session}-${id}`, headers: header, timeout };
      await broker.connected(js.publish(subject, data, options));
    };
    await retry(publish, {
      giveUp(error) {
        if (error instanceof AtollError) throw error;
        const never = refusal(error) ?? oversize(error, data.length);
        if (never) throw never;
        timeout = Math.min(2 * timeout, LAST_STORED_MS);
      },
      pause: broker.pause,
      first: FIRST_RETRY_MS,
      last: LAST_RETRY_MS,
    });
  }

  return {
    async publish(subject, data, session, id) {
      await new Promise<void>((enter) => {
        queue.push({ bytes: data.length, enter });
        admit();
      });
      try {
        await publishUntilStored(subject, data, session, id);
      } finally {
        bytesOut -= data.length;
        messagesOut--;
        admit();
      }
    },
  };
}

function oversize(error: unknown, bytes: number): BadInputError | undefined {
  if (!isNatsError(error, ErrorCode.MaxPayloadExceeded)) return undefined;
  return new BadInputError({
    code: 'ERR_MESSAGE_SIZE',
    problem: `The broker refused a message of ${bytes} bytes, which is too large for it`,
    fix: 'Raise max_payload in the configuration of nats-server',
    cause: error,
  });
}
