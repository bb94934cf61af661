import { headers, type Msg, type MsgHdrs, nuid } from 'nats';
import { AtollError, BadInputError } from '../../errors.js';
import { decodeMessage, encodeMessage } from '../../wire/codec.js';
import { MalformedMessageError } from '../../wire/fields.js';
import type { Entry, Join, Message, Welcome } from '../../wire/messages.js';
import { refusedError } from '../refusal.js';
import { encodedSize, splitEntries } from '../split.js';
import type { IslandEvent, IslandLink } from '../transport.js';
import { type BrokerOptions, connectBroker, patience, refusal } from './broker.js';
import { createLanes } from './lanes.js';
import { follow, kindOf, NOTHING_SEEN, readNumbers, type Seen } from './standing-orders.js';
import { createStoredPublisher } from './stored-publisher.js';
import { LIFE, ORDER, PART, PARTS, SEEN, subjectsOf } from './subjects.js';

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
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
const ANSWER_MS = 3000;
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
  const life = nuid.next();
  const lanes = createLanes<IslandEvent>();
  const commands = lanes.lossy(2);
  const immigrants = lanes.lossy(MIGRANTS_WAITING);
  const stored = createStoredPublisher(broker);
  let seen: Seen = NOTHING_SEEN;
  let migrating = false;
  let joined = false;
  let arrived = 0;
  void broker.closed.then(() => lanes.end());

  function obey(error: Error | null, message: Msg): void {
    const order = error ? undefined : readNumbers(message.headers?.get(ORDER) ?? '', 2);
    const decoded = order && decodeOrDrop(message.data);
    if (order === undefined || decoded?.type !== 'command') return;
    const [epoch = 0, number = 0] = order;
    const next = follow(seen, epoch, { number, command: decoded.command });
    if (next === undefined) return;
    seen = next;
    commands.offer(kindOf(decoded.command), { type: 'command', command: decoded.command });
  }

  function admit(error: Error | null, message: Msg): void {
    const decoded = error ? undefined : decodeOrDrop(message.data);
    if (decoded?.type === 'migrants') immigrants.offer(arrived++, { type: 'migrants', migrants: decoded });
  }

  const ask = async (subject: string, data: Uint8Array, header: MsgHdrs): Promise<Msg> => {
    header.set(LIFE, life);
    return broker.connected(nc.request(subject, data, { timeout: ANSWER_MS, headers: header }));
  };

  /** One try: the welcome, its elites collected from all its parts. */
  async function askForIsland(join: Join): Promise<Welcome> {
    const answer = await ask(subjects.join, encodeMessage({ type: 'join', ...join }), headers());
    const welcome = readWelcome(answer.data);
    const parts = Number(answer.headers?.get(PARTS));
    const elites: Entry[] = [...welcome.elites];
    for (let part = 1; part < parts; part++) {
      const header = headers();
      header.set(PART, String(part));
      const more = await ask(subjects.welcome, new Uint8Array(), header);
      if (Number(more.headers?.get(PARTS)) !== parts) throw new Error('the welcome is not known any more');
      elites.push(...readWelcome(more.data).elites);
    }
    const [epoch = 0, last = 0] = readNumbers(answer.headers?.get(ORDER) ?? '', 2) ?? [];
    seen = { epoch, running: last, neighbours: last };
    return { ...welcome, elites };
  }

  async function sendMigrants(message: Extract<Message, { type: 'migrants' }>): Promise<void> {
    const fitting = message.entries.filter((entry) => encodedSize(entry) <= broker.maxBytes);
    for (const entries of splitEntries(fitting, broker.maxBytes)) {
      const bytes = encodeMessage({ ...message, entries });
      for (const destination of message.destinations) nc.publish(subjects.migrants(destination), bytes);
      await broker.connected(nc.flush());
    }
  }

  nc.subscribe(subjects.command('all'), { callback: obey });

  return {
    inbox: lanes,
    get maxBytes() {
      return broker.maxBytes;
    },
    async join(join) {
      for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LAST_RETRY_MS)) {
        await broker.whenOnline();
        try {
          const welcome = await askForIsland(join);
          nc.subscribe(subjects.command(welcome.island), { callback: obey });
          nc.subscribe(subjects.migrants(welcome.island), { callback: admit });
          // What is sent to the island from now on reaches it.
          await broker.connected(nc.flush());
          joined = true;
          return welcome;
        } catch (error) {
          const refused = refusal(error);
          if (refused) throw refused;
          if (error instanceof AtollError) throw error;
          await broker.pause(wait);
        }
      }
    },
    async improve(improvements) {
      const bytes = encodeMessage({ type: 'improvements', ...improvements });
      // The life is part of the name: a worker that starts again counts from 1 again.
      await stored.publish(subjects.improve(improvements.island), bytes, life, `${improvements.sequence}`);
    },
    beat(heartbeat) {
      if (!broker.online) return;
      const header = headers();
      header.set(LIFE, life);
      header.set(SEEN, `${seen.epoch} ${seen.running} ${seen.neighbours}`);
      const bytes = encodeMessage({ type: 'heartbeat', ...heartbeat });
      nc.publish(subjects.heartbeat(heartbeat.island), bytes, { headers: header });
    },
    migrate(migrants) {
      if (migrating || !broker.online) return false;
      migrating = true;
      void sendMigrants({ type: 'migrants', ...migrants })
        // Fire and forget: the connection broke meanwhile.
        .catch(() => undefined)
        .finally(() => {
          migrating = false;
        });
      return true;
    },
    async farewell(farewell) {
      const bytes = encodeMessage({ type: 'farewell', ...farewell });
      const publishing = stored.publish(subjects.farewell(farewell.island), bytes, life, 'farewell');
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

function readWelcome(bytes: Uint8Array): Welcome {
  let message: Message;
  try {
    message = decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError && error.reason === 'wrong-version')) throw error;
    throw new BadInputError({
      code: 'ERR_PROTOCOL_VERSION',
      problem: `The coordinator runs another version of Atoll (${error.message})`,
      fix: 'Install the same version on all machines',
    });
  }
  if (message.type === 'refusal') throw refusedError(message.reason);
  if (message.type !== 'welcome')
    throw new Error(`the coordinator answered with a ${message.type} in place of a welcome`);
  return message;
}
