import { headers, nuid } from 'nats';
import { AtollError } from '../../base/errors.js';
import { trace } from '../../base/trace.js';
import { encodeMessage } from '../../wire/codec.js';
import type { Migrants } from '../../wire/messages.js';
import { createInbox } from '../inbox.js';
import { retry } from '../retry.js';
import { encodedSize, splitEntries } from '../split.js';
import type { IslandEvent, IslandLink } from '../transport.js';
import { askForIsland } from './ask-for-island.js';
import { type Broker, type BrokerOptions, connectBroker, patience, refusal } from './broker.js';
import { createIslandEars } from './island-ears.js';
import { createStoredPublisher } from './stored-publisher.js';
import { SEEN, SESSION, type Subjects, subjectsOf } from './subjects.js';

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
  const ears = createIslandEars(inbox);
  const stored = createStoredPublisher(broker);
  let migrating = false;
  let joined = false;
  void broker.closed.then(() => inbox.end());

  nc.subscribe(subjects.command('all'), { callback: ears.hear });

  return {
    inbox,
    get maxBytes() {
      return broker.maxBytes;
    },
    async join(join) {
      const takeIn = async () => {
        await broker.whenOnline();
        const { welcome, order } = await askForIsland({ broker, subjects, session, join });
        ears.begin(order);
        nc.subscribe(subjects.command(welcome.island), { callback: ears.hear });
        nc.subscribe(subjects.migrants(welcome.island), { callback: ears.admit });
        // Messages that are sent to the island from now on reach it.
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
      const { seen } = ears;
      header.set(SEEN, `${seen.epoch} ${seen.running} ${seen.neighbours}`);
      const bytes = encodeMessage({ type: 'heartbeat', ...heartbeat });
      nc.publish(subjects.heartbeat(heartbeat.island), bytes, { headers: header });
    },
    migrate(migrants) {
      if (migrating || !broker.online) return false;
      migrating = true;
      void sendMigrants(broker, subjects, migrants)
        // Fire and forget: the connection broke meanwhile.
        .catch((error: unknown) => trace('sending migrants', error))
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
      await Promise.race([
        publishing.catch((error: unknown) => trace('sending the farewell', error)),
        patience(FAREWELL_MS),
      ]);
    },
    leave() {
      if (joined) ears.stop();
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

async function sendMigrants(broker: Broker, subjects: Subjects, migrants: Migrants): Promise<void> {
  const fitting = migrants.entries.filter((entry) => encodedSize(entry) <= broker.maxBytes);
  for (const entries of splitEntries(fitting, broker.maxBytes)) {
    const bytes = encodeMessage({ type: 'migrants', ...migrants, entries });
    for (const destination of migrants.destinations) broker.nc.publish(subjects.migrants(destination), bytes);
    await broker.connected(broker.nc.flush());
  }
}
