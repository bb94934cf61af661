import { UnreachableError } from '../../base/errors.js';
import { trace } from '../../base/trace.js';
import { decodeMessage, encodeMessage, encodeMessageIn } from '../../wire/codec.js';
import { createMessageMemory } from '../../wire/message-memory.js';
import type { Message, Welcome } from '../../wire/messages.js';
import { createInbox } from '../inbox.js';
import { refusedError } from '../refusal.js';
import type { IslandEvent, IslandLink } from '../transport.js';
import type { Channel } from './channel.js';

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** A worker's end over a channel to the coordinator's process. Bytes that are not a message are dropped. */
export function createLocalIslandLink(channel: Channel): IslandLink {
  const inbox = createInbox<IslandEvent>();
  const memory = createMessageMemory();
  /** Improvements that are not stored yet, by sequence. */
  const unstored = new Map<number, Waiting<void>>();
  let joining: Waiting<Welcome> | undefined;
  /** Migrants are fire and forget: while one message is still being handed over, the next is dropped. */
  let migrating = false;
  let closed = false;

  channel.receive((bytes) => {
    let message: Message;
    try {
      message = decodeMessage(bytes);
    } catch (error) {
      trace('reading a message of the coordinator', error);
      return;
    }
    switch (message.type) {
      case 'welcome':
        joining?.resolve(message);
        joining = undefined;
        break;
      case 'refusal':
        joining?.reject(refusedError(message.reason));
        joining = undefined;
        break;
      case 'stored':
        unstored.get(message.sequence)?.resolve();
        unstored.delete(message.sequence);
        break;
      case 'migrants':
        inbox.push({ type: 'migrants', migrants: message });
        break;
      case 'command':
        inbox.push({ type: 'command', command: message.command });
        break;
      case 'audit':
        inbox.push({ type: 'audit', audit: message });
        break;
      case 'join':
      case 'improvements':
      case 'heartbeat':
      case 'farewell':
      case 'audited':
        break;
    }
  });

  channel.onClose(() => {
    closed = true;
    const error = new UnreachableError('ERR_COORDINATOR_GONE', 'The coordinator has ended.');
    joining?.reject(error);
    for (const { reject } of unstored.values()) reject(error);
    unstored.clear();
    inbox.end();
  });

  return {
    inbox,
    join(join) {
      return new Promise((resolve, reject) => {
        if (closed) reject(new UnreachableError('ERR_COORDINATOR_GONE', 'The coordinator has ended.'));
        joining = { resolve, reject };
        void channel.send(encodeMessage({ type: 'join', ...join }));
      });
    },
    improve(improvements) {
      return new Promise((resolve, reject) => {
        if (closed) reject(new UnreachableError('ERR_COORDINATOR_GONE', 'The coordinator has ended.'));
        unstored.set(improvements.sequence, { resolve, reject });
        const bytes = encodeMessageIn(memory, { type: 'improvements', ...improvements });
        void channel.send(bytes).then(() => memory.giveBack(bytes));
      });
    },
    beat(heartbeat) {
      void channel.send(encodeMessage({ type: 'heartbeat', ...heartbeat }));
    },
    migrate(migrants) {
      if (migrating) return false;
      migrating = true;
      void channel.send(encodeMessage({ type: 'migrants', ...migrants })).then(() => {
        migrating = false;
      });
      return true;
    },
    audited(audited) {
      void channel.send(encodeMessage({ type: 'audited', ...audited }));
    },
    async farewell(farewell) {
      await channel.send(encodeMessage({ type: 'farewell', ...farewell }));
    },
    async close() {
      channel.close();
    },
  };
}
