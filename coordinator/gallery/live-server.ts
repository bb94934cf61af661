import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LiveClient, LiveFeed } from './live-feed.js';

export interface LiveLimits {
  /** Connections of one address, and of all. */
  readonly addressConnections: number;
  readonly connections: number;
  /** Between two signs of life; a page that gives none in this time is gone. */
  readonly heartbeatMilliseconds: number;
  /** Between two looks at what is due. */
  readonly tickMilliseconds: number;
}

export const LIVE_LIMITS: LiveLimits = {
  addressConnections: 256,
  connections: 512,
  heartbeatMilliseconds: 30_000,
  tickMilliseconds: 250,
};

/** WebSockets that pages follow runs on. They only listen: a client that sends anything is cut off. */
export interface LiveServer {
  /** Whether one more of this address may come. */
  hasRoom(address: string): boolean;
  /** Takes a request to upgrade, whose sender was checked; its connection follows the feed from now on. */
  accept(
    feed: LiveFeed,
    request: { readonly incoming: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
    address: string,
  ): void;
  /** Says farewell to all. */
  close(): void;
}

/** Status codes of RFC 6455. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** What a page that is told to go may take for it. */
const CLOSE_MS = 500;

interface Connection {
  readonly socket: WebSocket;
  readonly address: string;
  /** Whether it was asked for a sign of life and gave none yet. */
  asked: boolean;
}

export function createLiveServer(feeds: readonly LiveFeed[], limits: LiveLimits = LIVE_LIMITS): LiveServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Nothing is read: a longer frame is cut off before it is in memory.
    maxPayload: 125,
    autoPong: false,
  });
  const connections = new Set<Connection>();

  function follow(feed: LiveFeed, socket: WebSocket, address: string): void {
    const connection: Connection = { socket, address, asked: false };
    const client: LiveClient = {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      send: (message) => socket.send(message, { binary: true }, () => feed.drained(client)),
    };
    const cutOff = () => dismiss(socket, POLICY_VIOLATION, 'This connection only tells');
    connections.add(connection);
    socket.on('message', cutOff);
    socket.on('ping', cutOff);
    socket.on('pong', () => {
      if (!connection.asked) cutOff();
      connection.asked = false;
    });
    // A frame that makes no sense: ws closes the connection itself.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      connections.delete(connection);
      feed.leave(client);
    });
    feed.join(client);
  }

  function beat(): void {
    for (const connection of connections) {
      const { socket, asked } = connection;
      if (asked) {
        socket.terminate();
        continue;
      }
      connection.asked = true;
      socket.ping();
    }
  }

  const beating = setInterval(beat, limits.heartbeatMilliseconds);
  const ticking = setInterval(() => {
    for (const feed of feeds) feed.tick();
  }, limits.tickMilliseconds);
  for (const timer of [beating, ticking]) timer.unref();

  return {
    hasRoom(address) {
      if (connections.size >= limits.connections) return false;
      const own = [...connections].filter((connection) => connection.address === address);
      return own.length < limits.addressConnections;
    },
    accept(feed, { incoming, socket, head }, address) {
      server.handleUpgrade(incoming, socket, head, (accepted) => follow(feed, accepted, address));
    },
    close() {
      for (const timer of [beating, ticking]) clearInterval(timer);
      for (const { socket } of connections) dismiss(socket, GOING_AWAY, 'The coordinator stops');
    },
  };
}

/** Closes as the protocol wants it; cuts off who takes too long. */
function dismiss(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_MS).unref();
}
