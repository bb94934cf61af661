import { decodeMessage, encodeMessage } from '../../wire/codec.js';
import { MalformedMessageError } from '../../wire/fields.js';
import type { Message, Migrants } from '../../wire/messages.js';
import { createInbox } from '../inbox.js';
import type { CoordinatorEvent, CoordinatorLink } from '../transport.js';
import type { Channel } from './channel.js';

/** Migrant messages on their way to one island before further ones are dropped: it has stopped reading. */
const MIGRANTS_IN_FLIGHT = 64;

/** The coordinator's end, and the post office between islands: it stands where the broker stands in a cluster. */
export interface LocalHub extends CoordinatorLink {
  /** Takes in one worker's channel; it joins over it. */
  attach(channel: Channel): void;
}

export function createLocalHub(): LocalHub {
  const inbox = createInbox<CoordinatorEvent>();
  const islands = new Map<number, Peer>();
  const peers = new Set<Peer>();

  function deliver(migrants: Migrants): void {
    const bytes = encodeMessage({ type: 'migrants', ...migrants });
    for (const destination of migrants.destinations) {
      const peer = islands.get(destination);
      if (peer === undefined || peer.inFlight >= MIGRANTS_IN_FLIGHT) continue;
      peer.inFlight++;
      void peer.channel.send(bytes).then(() => {
        peer.inFlight--;
      });
    }
  }

  function receive(peer: Peer, bytes: Uint8Array): void {
    let message: Message;
    try {
      message = decodeMessage(bytes);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      inbox.push({ type: 'rejected', reason: error.reason });
      return;
    }
    const { channel } = peer;
    switch (message.type) {
      case 'join':
        inbox.push({
          type: 'join',
          join: message,
          welcome(welcome) {
            islands.set(welcome.island, peer);
            void channel.send(encodeMessage({ type: 'welcome', ...welcome }));
          },
          refuse(reason) {
            void channel.send(encodeMessage({ type: 'refusal', reason }));
          },
        });
        break;
      case 'improvements': {
        const { sequence } = message;
        inbox.push({
          type: 'improvements',
          improvements: message,
          ack() {
            void channel.send(encodeMessage({ type: 'stored', sequence }));
          },
        });
        break;
      }
      case 'heartbeat':
        inbox.push({ type: 'heartbeat', heartbeat: message });
        break;
      case 'audited':
        inbox.push({ type: 'audited', audited: message });
        break;
      case 'farewell':
        // A pipe delivers once: the receipt is not awaited.
        inbox.push({ type: 'farewell', farewell: message, ack() {} });
        break;
      case 'migrants':
        deliver(message);
        break;
      case 'welcome':
      case 'refusal':
      case 'stored':
      case 'command':
      case 'audit':
        inbox.push({ type: 'rejected', reason: 'unexpected' });
        break;
    }
  }

  return {
    inbox,
    attach(channel) {
      const peer: Peer = { channel, inFlight: 0 };
      peers.add(peer);
      channel.onClose(() => {
        peers.delete(peer);
        for (const [island, holder] of islands) {
          if (holder === peer) islands.delete(island);
        }
      });
      channel.receive((bytes) => receive(peer, bytes));
    },
    command(to, command) {
      const bytes = encodeMessage({ type: 'command', command });
      const receivers = to === 'all' ? [...peers] : [islands.get(to)];
      for (const peer of receivers) void peer?.channel.send(bytes);
    },
    audit(to, audit) {
      void islands.get(to)?.channel.send(encodeMessage({ type: 'audit', ...audit }));
    },
    async close() {
      inbox.end();
      for (const { channel } of peers) channel.close();
    },
  };
}

interface Peer {
  readonly channel: Channel;
  /** Migrant messages handed to the channel and not yet over it. */
  inFlight: number;
}
