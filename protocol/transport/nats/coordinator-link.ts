import { headers, type JsMsg, type Msg, type Subscription } from 'nats';
import { AtollError, messageOf, UnreachableError } from '../../errors.js';
import { decodeMessage, encodeMessage } from '../../wire/codec.js';
import { MalformedMessageError } from '../../wire/fields.js';
import type { Message } from '../../wire/messages.js';
import type { CoordinatorEvent, CoordinatorLink, RejectedMessage } from '../transport.js';
import { type Broker, type BrokerOptions, connectBroker, refusal } from './broker.js';
import { drainStream } from './drain-stream.js';
import { createFarewells } from './farewells.js';
import { createJoinQueue } from './join-queue.js';
import { createLanes } from './lanes.js';
import { checkAlone, openJetStream, takeUpStream } from './run-stream.js';
import { createStandingOrders, NOTHING_SEEN, readNumbers } from './standing-orders.js';
import { readStream } from './stream-reader.js';
import { trimStream } from './stream-trimmer.js';
import { islandOf, lifeOf, ORDER, PART, PARTS, SEEN, subjectsOf } from './subjects.js';
import { createWelcomeParts } from './welcome-parts.js';

export interface CoordinatorLinkOptions extends BrokerOptions {
  readonly run: string;
  /** Tells this run from others that had its name: the stream keeps it, and is refused to those. */
  readonly identity?: string;
  /** Reads the stream from its start: for a store that may be older than what was acknowledged. */
  readonly replay?: boolean;
  /** Servers of a cluster that each keep the stream. */
  readonly replicas?: number;
  /** Committed messages are kept on the broker up to so many bytes. */
  readonly keepBytes?: number;
}

/** The coordinator's end over a broker, and how that stands. */
export interface NatsCoordinatorLink extends CoordinatorLink {
  /** Whether the broker is reached now. */
  readonly online: boolean;
  /** Messages of the run's stream that were not acknowledged yet; rejects while the broker does not answer. */
  pending(): Promise<number>;
  /**
   * Resolves when all that the broker has stored of the run was heard and acknowledged, what was lost on its way too.
   * Rejects with an UnreachableError when that cannot be had.
   */
  drained(): Promise<void>;
}

/** What waits for the coordinator's event loop, at the most. */
const STORED_WAITING = 256;
const JOINS_WAITING = 4096;
const HEARTBEATS_WAITING = 65_536;
const KEEP_BYTES = 2 ** 30;

/**
 * Takes a run up on a broker. The inbox throws when another coordinator takes it over. Rejects with a
 * {@link BadInputError} when one answers already, or when the run's stream belongs to another run, with an
 * {@link UnreachableError} when the connection breaks meanwhile, and as {@link connectBroker} does.
 */
export async function connectCoordinator(options: CoordinatorLinkOptions): Promise<NatsCoordinatorLink> {
  const broker = await connectBroker({ name: `atoll coordinator of ${options.run}`, ...options });
  try {
    // An answer that broke off with the connection never comes; asked again, it could be somebody else's turn.
    return await broker.connected(takeUp(broker, options));
  } catch (error) {
    await broker.close();
    if (error instanceof AtollError) throw error;
    const said = `The stream of the run ${options.run} could not be taken up (${messageOf(error)}). Try again.`;
    throw refusal(error) ?? new UnreachableError('ERR_BROKER_UNREACHABLE', said, error);
  }
}

async function takeUp(broker: Broker, options: CoordinatorLinkOptions): Promise<NatsCoordinatorLink> {
  const { run, identity = run, replay = false, replicas = 1, keepBytes = KEEP_BYTES } = options;
  const subjects = subjectsOf(run);
  const jsm = await openJetStream(broker.nc);
  await checkAlone(broker.nc, subjects, run);
  const stream = await takeUpStream(jsm, subjects, { identity, replay, replicas });
  const { announce, link } = createCoordinatorLink({ broker, jsm, subjects, stream, keepBytes });
  try {
    await announce();
    return link;
  } catch (error) {
    await link.close();
    throw error;
  }
}

function createCoordinatorLink(parts: {
  readonly broker: Broker;
  readonly jsm: Awaited<ReturnType<typeof openJetStream>>;
  readonly subjects: ReturnType<typeof subjectsOf>;
  readonly stream: Awaited<ReturnType<typeof takeUpStream>>;
  readonly keepBytes: number;
}): { readonly link: NatsCoordinatorLink; announce(): Promise<void> } {
  const { broker, jsm, subjects, stream, keepBytes } = parts;
  const { nc } = broker;
  const lanes = createLanes<CoordinatorEvent>();
  // In this order: what the stream held before a worker joined is heard before it.
  const stored = lanes.patient(STORED_WAITING);
  const joins = lanes.lossy(JOINS_WAITING);
  const heartbeats = lanes.lossy(HEARTBEATS_WAITING);
  const rejected = lanes.counting((reason: RejectedMessage) => ({ type: 'rejected', reason }) as const);
  const orders = createStandingOrders(stream.epoch);
  const welcomes = createWelcomeParts();
  const farewells = createFarewells();
  let superseded = false;

  /** A message of this type, or undefined, with the reason counted. */
  function read<Type extends Message['type']>(bytes: Uint8Array, types: readonly Type[]) {
    const message = decodeOr(bytes, (error) => rejected.count(error.reason));
    if (message === undefined) return undefined;
    for (const type of types) if (message.type === type) return message as Extract<Message, { type: Type }>;
    rejected.count('unexpected');
    return undefined;
  }

  async function onStored(message: JsMsg): Promise<void> {
    const body = read(message.data, ['improvements', 'farewell']);
    const life = lifeOf(message.headers);
    const genuine = life !== undefined && body?.island === islandOf(message.subject);
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
    const admitted = farewells.admit(body.island, life, ack);
    if (admitted) await stored.put({ type: 'farewell', farewell: body, ack: admitted });
  }

  function onJoin(message: Msg): void {
    const life = lifeOf(message.headers);
    const refuse = (reason: string) => {
      if (!nc.isClosed()) message.respond(encodeMessage({ type: 'refusal', reason }));
    };
    const body = decodeOr(message.data, (error) => {
      rejected.count(error.reason);
      refuse(error.message);
    });
    if (body === undefined) return;
    if (body.type !== 'join' || life === undefined || message.reply === undefined) {
      rejected.count('unexpected');
      return;
    }
    arriving.add(life, {
      type: 'join',
      join: body,
      welcome(welcome) {
        farewells.holds(welcome.island, life);
        try {
          const { first, parts } = welcomes.keep(life, welcome, broker.maxBytes);
          const header = headers();
          header.set(PARTS, String(parts));
          header.set(ORDER, `${stream.epoch} ${orders.last}`);
          message.respond(first, { headers: header });
        } catch (error) {
          // An elite that no message of this broker holds; or the link ends, and so does the answer.
          if (!nc.isClosed()) refuse(messageOf(error));
        }
      },
      refuse,
    });
  }

  const arriving = createJoinQueue<CoordinatorEvent>({
    limit: JOINS_WAITING,
    /** What the broker has stored by now is heard first, so that an island goes on from all of it. */
    async ready() {
      const info = await jsm.streams.info(stream.name).catch(() => undefined);
      if (info) await reader.reached(info.state.last_seq);
    },
    handOn: joins.offer,
  });

  function onWelcome(message: Msg): void {
    const part = Number(message.headers?.get(PART));
    const found = welcomes.part(lifeOf(message.headers) ?? '', part);
    const header = headers();
    header.set(PARTS, String(found?.parts ?? 0));
    message.respond(found?.bytes, { headers: header });
  }

  function onHeartbeat(message: Msg): void {
    const heartbeat = read(message.data, ['heartbeat']);
    if (heartbeat === undefined) return;
    const { island } = heartbeat;
    if (island !== islandOf(message.subject)) {
      rejected.count('unexpected');
      return;
    }
    heartbeats.offer(island, { type: 'heartbeat', heartbeat });
    const numbers = readNumbers(message.headers?.get(SEEN) ?? '', 3);
    const [epoch = 0, running = 0, neighbours = 0] = numbers ?? [];
    const seen = numbers ? { epoch, running, neighbours } : NOTHING_SEEN;
    for (const order of orders.missed(island, seen)) publish(island, order);
  }

  function publish(to: number | 'all', order: ReturnType<typeof orders.give>): void {
    if (superseded || nc.isClosed() || !broker.online) return;
    const header = headers();
    header.set(ORDER, `${stream.epoch} ${order.number}`);
    const bytes = encodeMessage({ type: 'command', command: order.command });
    nc.publish(subjects.command(to), bytes, { headers: header });
  }

  /** Someone asks who coordinates the run, or says that it does now. */
  function onPresence(message: Msg): void {
    if (message.reply) message.respond();
    else if (message.string() !== stream.consumer) void reader.check();
  }

  const reader = readStream({
    broker,
    jsm,
    stream: stream.name,
    consumer: stream.consumer,
    position: stream.position,
    onMessage: onStored,
    onGone(error) {
      superseded = true;
      for (const subscription of subscriptions) subscription.unsubscribe();
      lanes.end(error);
    },
  });
  const subscriptions: Subscription[] = [
    nc.subscribe(subjects.presence, { callback: (error, message) => void (error ?? onPresence(message)) }),
    nc.subscribe(subjects.join, { callback: (error, message) => void (error ?? onJoin(message)) }),
    nc.subscribe(subjects.welcome, { callback: (error, message) => void (error ?? onWelcome(message)) }),
    nc.subscribe(subjects.heartbeat('*'), {
      callback: (error, message) => void (error ?? onHeartbeat(message)),
    }),
  ];
  const trimmer = trimStream({ jsm, stream: stream.name, consumer: stream.consumer, keepBytes });
  void broker.closed.then(() => lanes.end());

  const link: NatsCoordinatorLink = {
    inbox: lanes,
    get online() {
      return broker.online;
    },
    async pending() {
      if (!broker.online) throw new Error('the broker is away');
      const asking = jsm.consumers.info(stream.name, stream.consumer);
      const { num_pending, num_ack_pending } = await broker.connected(asking);
      return num_pending + num_ack_pending;
    },
    drained: () => drainStream({ broker, jsm, stream: stream.name, consumer: stream.consumer }),
    command(to, command) {
      publish(to, orders.give(to, command));
    },
    async close() {
      trimmer.stop();
      lanes.end();
      // Together: while the broker is away, the reader waits for it until it is given up.
      await Promise.all([reader.close(), broker.close()]);
    },
  };
  return {
    link,
    async announce() {
      // An earlier coordinator that is only slow learns it now, and so do we if a later one was faster.
      nc.publish(subjects.presence, stream.consumer);
      // Whoever asks from now on is heard.
      await nc.flush();
      await reader.check();
    },
  };
}

function decodeOr(bytes: Uint8Array, onError: (error: MalformedMessageError) => void): Message | undefined {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    onError(error);
    return undefined;
  }
}
