import { headers, type Msg, nuid } from 'nats';
import { AtollError } from '../../base/errors.js';
import { decodeMessage, encodeMessage } from '../../wire/codec.js';
import type { Command, Message, Migrants } from '../../wire/messages.js';
import { createInbox } from '../inbox.js';
import { retry } from '../retry.js';
import { encodedSize, splitEntries } from '../split.js';
import type { IslandEvent, IslandLink } from '../transport.js';
import { askForIsland } from './ask-for-island.js';
import { type Broker, type BrokerOptions, connectBroker, patience, refusal } from './broker.js';
import { follow, kindOf, NOTHING_SEEN, readNumbers, type Seen } from './standing-orders.js';
import { createStoredPublisher } from './stored-publisher.js';
import { ORDER, SEEN, SESSION, type Subjects, subjectsOf } from './subjects.js';

export interface IslandLinkOptions extends BrokerOptions {
  readonly run: string;
}

/** A worker's end over a broker. */
export interface NatsIslandLink extends IslandLink {
  /** Stops the island as a command of the coordinator would; ends the link while there is no island yet. */
  leave(): void;
  /** Whether the broker is reached now. */
  readonly online: boolean;
  /** Bytes so far, the broker's protocol included. */
  readonly traffic: { readonly sent: number; readonly received: number };
}

/** Migrant messages that wait for the island; older ones are dropped. */
const MIGRANTS_WAITING = 64;
/** Audits that wait for the island; older ones are dropped. */
const AUDITS_WAITING = 64;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
/** A farewell that cannot be stored by then is left to the coordinator to guess. */
const FAREWELL_MS = 10_000;

/**
 * A worker's end over a broker. It outlives the coordinator, and every break of the connection. Rejects as
 * {@link connectBroker} does.
 */
export async function connectIsland(options: IslandLinkOptions): Promise<NatsIslandLink> {
  const broker = await connectBroker({ name: `atoll worker of ${options.run}`, ...options });
  const { nc } = broker;
  const subjects = subjectsOf(options.run);
  const session = nuid.next();
  const inbox = createInbox<IslandEvent>();
  const commands = inbox.lossy(2);
  const immigrants = inbox.lossy(MIGRANTS_WAITING);
  const audits = inbox.lossy(AUDITS_WAITING);
  const stored = createStoredPublisher(broker);
  let seen: Seen = NOTHING_SEEN;
  let migrating = false;
  let joined = false;
  let arrived = 0;
  void broker.closed.then(() => inbox.end());

  function hear(error: Error | null, message: Msg): void {
    const decoded = error ? undefined : decodeOrDrop(message.data);
    if (decoded?.type === 'command') obey(decoded.command, message);
    else if (decoded?.type === 'audit') audits.offer(decoded.number, { type: 'audit', audit: decoded });
  }

  function obey(command: Command, message: Msg): void {
    const order = readNumbers(message.headers?.get(ORDER) ?? '', 2);
    if (order === undefined) return;
    const [epoch = 0, number = 0] = order;
    const next = follow(seen, epoch, { number, command });
    if (next === undefined) return;
    seen = next;
    commands.offer(kindOf(command), { type: 'command', command });
  }

  function admit(error: Error | null, message: Msg): void {
    const decoded = error ? undefined : decodeOrDrop(message.data);
    if (decoded?.type === 'migrants') immigrants.offer(arrived++, { type: 'migrants', migrants: decoded });
  }

  nc.subscribe(subjects.command('all'), { callback: hear });

  return {
    inbox,
    get maxBytes() {
      return broker.maxBytes;
    },
    async join(join) {
      const takeIn = async () => {
        await broker.whenOnline();
        const { welcome, order } = await askForIsland({ broker, subjects, session, join });
        seen = { epoch: order.epoch, running: order.last, neighbours: order.last };
        nc.subscribe(subjects.command(welcome.island), { callback: hear });
        nc.subscribe(subjects.migrants(welcome.island), { callback: admit });
        // What is sent to the island from now on reaches it.
        await broker.connected(nc.flush());
        joined = true;
        return welcome;
      };
      return retry(takeIn, {
        giveUp(error) {
          const refused = refusal(error);
          if (refused) throw refused;
          if (error instanceof AtollError) throw error;
        },
        pause: broker.pause,
        first: FIRST_RETRY_MS,
        last: LAST_RETRY_MS,
      });
    },
    async improve(improvements) {
      const bytes = encodeMessage({ type: 'improvements', ...improvements });
      // The session is part of the name: a worker that starts again counts from 1 again.
      await stored.publish(subjects.improve(improvements.island), bytes, session, `${improvements.sequence}`);
    },
    beat(heartbeat) {
      if (!broker.online) return;
      const header = headers();
      header.set(SESSION, session);
      header.set(SEEN, `${seen.epoch} ${seen.running} ${seen.neighbours}`);
      const bytes = encodeMessage({ type: 'heartbeat', ...heartbeat });
      nc.publish(subjects.heartbeat(heartbeat.island), bytes, { headers: header });
    },
    migrate(migrants) {
      if (migrating || !broker.online) return false;
      migrating = true;
      void sendMigrants(broker, subjects, migrants)
        // Fire and forget: the connection broke meanwhile.
        .catch(() => undefined)
        .finally(() => {
          migrating = false;
        });
      return true;
    },
    audited(audited) {
      if (!broker.online) return;
      nc.publish(subjects.audited(audited.island), encodeMessage({ type: 'audited', ...audited }));
    },
    async farewell(farewell) {
      const bytes = encodeMessage({ type: 'farewell', ...farewell });
      const publishing = stored.publish(subjects.farewell(farewell.island), bytes, session, 'farewell');
      await Promise.race([publishing.catch(() => undefined), patience(FAREWELL_MS)]);
    },
    leave() {
      if (joined) commands.offer('running', { type: 'command', command: { type: 'stop' } });
      else void broker.close();
    },
    get online() {
      return broker.online;
    },
    get traffic() {
      const { outBytes, inBytes } = nc.stats();
      return { sent: outBytes, received: inBytes };
    },
    close: broker.close,
  };
}

function decodeOrDrop(bytes: Uint8Array): Message | undefined {
  try {
    return decodeMessage(bytes);
  } catch {
    return undefined;
  }
}

async function sendMigrants(broker: Broker, subjects: Subjects, migrants: Migrants): Promise<void> {
  const fitting = migrants.entries.filter((entry) => encodedSize(entry) <= broker.maxBytes);
  for (const entries of splitEntries(fitting, broker.maxBytes)) {
    const bytes = encodeMessage({ type: 'migrants', ...migrants, entries });
    for (const destination of migrants.destinations) broker.nc.publish(subjects.migrants(destination), bytes);
    await broker.connected(broker.nc.flush());
  }
}
