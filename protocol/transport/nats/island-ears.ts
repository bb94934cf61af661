import type { Msg } from 'nats';
import { trace } from '../../base/trace.js';
import { decodeMessage } from '../../wire/codec.js';
import type { Command, Message } from '../../wire/messages.js';
import type { Inbox } from '../inbox.js';
import type { IslandEvent } from '../transport.js';
import { follow, kindOf, NOTHING_SEEN, type Order, readNumbers, type Seen } from './standing-orders.js';
import { ORDER } from './subjects.js';

/** Puts the messages of a worker's subscriptions into its inbox: commands in their order, migrants, audits. */
export interface IslandEars {
  /** Takes a command or an audit; anything else is dropped. */
  hear(error: Error | null, message: Msg): void;
  /** Takes migrants; anything else is dropped. */
  admit(error: Error | null, message: Msg): void;
  /** From here on the orders of this epoch count, those after the `last` one. */
  begin(order: { readonly epoch: number; readonly last: number }): void;
  /** Stops the island as a command of the coordinator would. */
  stop(): void;
  /** The orders that the island follows. */
  readonly seen: Seen;
}

/** Migrant messages that wait for the island; older ones are dropped. */
const MIGRANTS_WAITING = 64;
/** Audits that wait for the island; older ones are dropped. */
const AUDITS_WAITING = 64;

export function createIslandEars(inbox: Pick<Inbox<IslandEvent>, 'lossy'>): IslandEars {
  const commands = inbox.lossy(2);
  const immigrants = inbox.lossy(MIGRANTS_WAITING);
  const audits = inbox.lossy(AUDITS_WAITING);
  let seen: Seen = NOTHING_SEEN;
  let arrived = 0;

  const offer = (command: Command) => commands.offer(kindOf(command), { type: 'command', command });

  function obey(command: Command, message: Msg): void {
    const order = readNumbers(message.headers?.get(ORDER) ?? '', 2);
    if (order === undefined) return;
    const [epoch = 0, number = 0] = order;
    const next = follow(seen, epoch, { number, command } satisfies Order);
    if (next === undefined) return;
    seen = next;
    offer(command);
  }

  return {
    hear(error, message) {
      const decoded = error ? undefined : decodeOrDrop(message.data);
      if (decoded?.type === 'command') obey(decoded.command, message);
      else if (decoded?.type === 'audit') audits.offer(decoded.number, { type: 'audit', audit: decoded });
    },
    admit(error, message) {
      const decoded = error ? undefined : decodeOrDrop(message.data);
      if (decoded?.type === 'migrants') immigrants.offer(arrived++, { type: 'migrants', migrants: decoded });
    },
    begin({ epoch, last }) {
      seen = { epoch, running: last, neighbours: last };
    },
    stop: () => offer({ type: 'stop' }),
    get seen() {
      return seen;
    },
  };
}

function decodeOrDrop(bytes: Uint8Array): Message | undefined {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    return trace('reading a message of the broker', error);
  }
}
