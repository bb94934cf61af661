import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveFeed } from '../gallery/live-feed.js';
import type { LiveServer } from '../gallery/live-server.js';
import { createRequestMeter, foreignHost, foreignOrigin, isLocalHost, isOwnOrigin } from './limits.js';
import { type Problem, quote } from './problem.js';
import { refuseOn } from './refusal.js';

/** Where WebSockets come in: those that may are passed on to their feed. */
export interface LiveDoor {
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all that came in. */
  close(): void;
}

/** Attempts of one address, which may be a proxy's: all its pages come back at once when a coordinator starts again. */
const ATTEMPTS = { requests: 1000, windowSeconds: 10 };

export function createLiveDoor(parts: {
  /** By path. */
  readonly feeds: ReadonlyMap<string, LiveFeed>;
  readonly server: LiveServer;
  /** Answers only to names of this machine. */
  readonly loopback: boolean;
}): LiveDoor {
  const { feeds, server, loopback } = parts;
  const meter = createRequestMeter(ATTEMPTS);

  function refusalOf({ headers }: IncomingMessage, address: string): Problem | undefined {
    const { host = '', origin } = headers;
    if (loopback && !isLocalHost(host)) return foreignHost(host);
    const forwarded = headers['x-forwarded-host']?.toString();
    if (!isOwnOrigin(origin, { asked: host, forwarded })) return foreignOrigin(origin ?? '');
    if (server.hasRoom(address)) return undefined;
    return {
      status: 503,
      code: 'ERR_TOO_MANY_PAGES',
      problem: 'Too many pages follow this run',
      fix: 'Close some of them, or try again later',
    };
  }

  async function decide(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const address = incoming.socket.remoteAddress ?? '';
    const path = (incoming.url ?? '').replace(/\?.*/s, '');
    const feed = feeds.get(path);
    if (feed === undefined) {
      refuseOn(socket, {
        status: 404,
        code: 'ERR_NOT_FOUND',
        problem: `This server has no WebSocket at ${quote(path)}`,
        fix: `Ask for one of ${[...feeds.keys()].join(', ')}`,
      });
      return;
    }
    const wait = await meter.count(address);
    const refusal =
      wait === undefined
        ? refusalOf(incoming, address)
        : ({
            status: 429,
            code: 'ERR_TOO_MANY_REQUESTS',
            problem: 'This address opens connections too often',
            fix: `Wait ${wait} s`,
          } as const);
    if (refusal) refuseOn(socket, refusal);
    else server.accept(feed, { incoming, socket, head }, address);
  }

  return {
    upgrade(incoming, socket, head) {
      // A client that resets the connection meanwhile must end no other.
      socket.on('error', () => socket.destroy());
      void decide(incoming, socket, head);
    },
    close: server.close,
  };
}
