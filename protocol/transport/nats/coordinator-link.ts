import type { Msg } from 'nats';
import { AtollError, messageOf, UnreachableError } from '../../base/errors.js';
import { trace } from '../../base/trace.js';
import type { CoordinatorLink } from '../transport.js';
import { type Broker, type BrokerOptions, connectBroker, refusal } from './broker.js';
import { createCoordinatorMail } from './coordinator-mail.js';
import { drainStream } from './drain-stream.js';
import { createFarewells } from './farewells.js';
import { createReception } from './reception.js';
import { checkAlone, openJetStream, takeUpStream } from './run-stream.js';
import { sendOrders } from './send-orders.js';
import { readStream } from './stream-reader.js';
import { trimStream } from './stream-trimmer.js';
import { SEEN, subjectsOf } from './subjects.js';

export interface CoordinatorLinkOptions extends BrokerOptions {
  readonly run: string;
  /** Tells this run from others that had its name: the stream keeps it, and is refused to those. */
  readonly identity?: string;
  /** Reads the stream from its start: for a store that may be older than what was acknowledged. */
  readonly replay?: boolean;
  /** Servers of a cluster that each keep the stream. */
  readonly replicas?: number;
  /** The broker keeps committed messages up to this number of bytes. */
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

const KEEP_BYTES = 2 ** 30;

/**
 * Takes a run up on a broker. The inbox throws when another coordinator takes it over. Rejects with a
 * {@link BadInputError} when one answers already, or when the run's stream belongs to another run, with an
 * {@link UnreachableError} when the connection breaks meanwhile, and as {@link connectBroker} does.
 */
export async function connectCoordinator(options: CoordinatorLinkOptions): Promise<NatsCoordinatorLink> {
  const broker = await connectBroker({ name: `atoll coordinator of ${options.run}`, ...options });
  try {
    // An answer that was lost with the connection never comes; a second request could come after another coordinator's.
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
  const farewells = createFarewells();
  const mail = createCoordinatorMail(nc, farewells);
  const { inbox } = mail;
  let superseded = false;
  const orders = sendOrders({ broker, subjects, epoch: stream.epoch, silent: () => superseded });

  const reader = readStream({
    broker,
    jsm,
    stream: stream.name,
    consumer: stream.consumer,
    position: stream.position,
    onMessage: mail.onStored,
    onGone(error) {
      superseded = true;
      for (const subscription of subscriptions) subscription.unsubscribe();
      inbox.end(error);
    },
  });
  const reception = createReception({
    broker,
    mail,
    farewells,
    lastOrder: () => orders.last,
    async caughtUp() {
      const info = await jsm.streams
        .info(stream.name)
        .catch((error: unknown) => trace('asking the broker for the end of its stream', error));
      if (info) await reader.reached(info.state.last_seq);
    },
  });

  /** Someone asks who coordinates the run, or says that it does now. */
  function onPresence(message: Msg): void {
    if (message.reply) message.respond();
    else if (message.string() !== stream.consumer) void reader.check();
  }

  function onHeartbeat(message: Msg): void {
    const heartbeat = mail.onHeartbeat(message);
    if (heartbeat) orders.sendMissed(heartbeat.island, message.headers?.get(SEEN) ?? '');
  }

  const listen = (subject: string, on: (message: Msg) => void) =>
    nc.subscribe(subject, { callback: (error, message) => void (error ?? on(message)) });
  const subscriptions = [
    listen(subjects.presence, onPresence),
    listen(subjects.join, reception.onJoin),
    listen(subjects.welcome, reception.onWelcome),
    listen(subjects.heartbeat('*'), onHeartbeat),
    listen(subjects.audited('*'), mail.onAudited),
  ];
  const trimmer = trimStream({ jsm, stream: stream.name, consumer: stream.consumer, keepBytes });
  void broker.closed.then(() => inbox.end());

  return {
    link: {
      inbox,
      get online() {
        return broker.online;
      },
      pending: () => pendingIn(broker, jsm, stream),
      drained: () => drainStream({ broker, jsm, stream: stream.name, consumer: stream.consumer }),
      command: orders.give,
      audit: orders.audit,
      async close() {
        trimmer.stop();
        inbox.end();
        // Together: while the broker is away, the reader waits for it until it is given up.
        await Promise.all([reader.close(), broker.close()]);
      },
    },
    async announce() {
      // An earlier coordinator that is only slow learns it now, and so do we if a later one was faster.
      nc.publish(subjects.presence, stream.consumer);
      // Requests that are sent from now on are heard.
      await nc.flush();
      await reader.check();
    },
  };
}

async function pendingIn(
  broker: Broker,
  jsm: Awaited<ReturnType<typeof openJetStream>>,
  stream: { readonly name: string; readonly consumer: string },
): Promise<number> {
  if (!broker.online) throw new Error('the broker is away');
  const asking = jsm.consumers.info(stream.name, stream.consumer);
  const { num_pending, num_ack_pending } = await broker.connected(asking);
  return num_pending + num_ack_pending;
}
