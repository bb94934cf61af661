import type { JsMsg, Msg, NatsConnection } from 'nats';
import { decodeMessage } from '../../wire/codec.js';
import { MalformedMessageError } from '../../wire/fields.js';
import type { Heartbeat, Message } from '../../wire/messages.js';
import { createInbox, type Inbox } from '../inbox.js';
import type { CoordinatorEvent, RejectedMessage } from '../transport.js';
import type { Farewells } from './farewells.js';
import { islandOf, sessionOf } from './subjects.js';

/** Checks the messages of islands over a broker: valid ones go to the inbox, the others are counted. */
export interface CoordinatorMail {
  readonly inbox: Inbox<CoordinatorEvent>;
  /** Hands a join on. */
  offerJoin(session: string, join: CoordinatorEvent): void;
  reject(reason: RejectedMessage): void;
  /** Resolves when there is room for more. */
  onStored(message: JsMsg): Promise<void>;
  /** The heartbeat, when it is one. */
  onHeartbeat(message: Msg): Heartbeat | undefined;
  onAudited(message: Msg): void;
}

/** The most that may wait for the coordinator's event loop. */
const STORED_WAITING = 256;
export const JOINS_WAITING = 4096;
const HEARTBEATS_WAITING = 65_536;
const ANSWERS_WAITING = 4096;

export function createCoordinatorMail(nc: NatsConnection, farewells: Farewells): CoordinatorMail {
  const inbox = createInbox<CoordinatorEvent>();
  // In this order: what the stream held before a worker joined is heard before it.
  const stored = inbox.patient(STORED_WAITING);
  const joins = inbox.lossy(JOINS_WAITING);
  const heartbeats = inbox.lossy(HEARTBEATS_WAITING);
  const answers = inbox.lossy(ANSWERS_WAITING);
  const rejected = inbox.counting((reason: RejectedMessage) => ({ type: 'rejected', reason }) as const);

  /** A message of one of these types; undefined for any other, which is counted. */
  function read<Type extends Message['type']>(bytes: Uint8Array, types: readonly Type[]) {
    const message = decodeOr(bytes, (error) => rejected.count(error.reason));
    if (message === undefined) return undefined;
    for (const type of types) if (message.type === type) return message as Extract<Message, { type: Type }>;
    rejected.count('unexpected');
    return undefined;
  }

  return {
    inbox,
    offerJoin: joins.offer,
    reject: rejected.count,
    async onStored(message) {
      const body = read(message.data, ['improvements', 'farewell']);
      const session = sessionOf(message.headers);
      const genuine = session !== undefined && body?.island === islandOf(message.subject);
      if (body && !genuine) rejected.count('unexpected');
      if (body === undefined || !genuine) {
        // It will not become better: never again.
        message.term();
        return;
      }
      const ack = () => {
        // Without it the message comes again, which does no harm.
        if (!nc.isClosed()) message.ack();
      };
      if (body.type === 'improvements') {
        await stored.put({ type: 'improvements', improvements: body, ack });
        return;
      }
      const admitted = farewells.admit(body.island, session, ack);
      if (admitted) await stored.put({ type: 'farewell', farewell: body, ack: admitted });
    },
    onHeartbeat(message) {
      const heartbeat = read(message.data, ['heartbeat']);
      if (heartbeat === undefined) return undefined;
      if (heartbeat.island !== islandOf(message.subject)) {
        rejected.count('unexpected');
        return undefined;
      }
      heartbeats.offer(heartbeat.island, { type: 'heartbeat', heartbeat });
      return heartbeat;
    },
    onAudited(message) {
      const audited = read(message.data, ['audited']);
      if (audited === undefined) return;
      if (audited.island !== islandOf(message.subject)) rejected.count('unexpected');
      else answers.offer(audited.number, { type: 'audited', audited });
    },
  };
}

/** The message that the bytes hold; undefined, after `onError`, where they hold none. */
export function decodeOr(
  bytes: Uint8Array,
  onError: (error: MalformedMessageError) => void,
): Message | undefined {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    onError(error);
    return undefined;
  }
}
