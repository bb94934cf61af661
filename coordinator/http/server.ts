import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { BadInputError, codeOf, messageOf } from '../../protocol/base/errors.js';
import { type ConnectionBook, createConnectionBook } from './connection-book.js';
import type { HttpEnv, HttpLimits } from './limits.js';
import type { LiveDoor } from './live-door.js';
import { type Problem, problem } from './problem.js';
import { refuseOn } from './refusal.js';

export interface HttpServer {
  readonly port: number;
  /** Answers what was asked already, within a second, and closes. Safe to call twice. */
  close(): Promise<void>;
}

const CLOSE_MS = 1000;

/** Listens on `host:port` (port 0: any that is free). Rejects with a {@link BadInputError} when it may not. */
export async function listen(
  app: Hono<HttpEnv>,
  {
    host,
    port,
    limits,
    live,
  }: {
    readonly host: string;
    readonly port: number;
    readonly limits: HttpLimits;
    /** Absent: requests to upgrade are answered as any other. */
    readonly live?: LiveDoor;
  },
): Promise<HttpServer> {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      // Refused below, with a sentence.
      requireHostHeader: false,
      requestTimeout: limits.requestMilliseconds,
      headersTimeout: Math.min(limits.headersMilliseconds, limits.requestMilliseconds),
      keepAliveTimeout: limits.idleMilliseconds,
      connectionsCheckingInterval: Math.min(1000, limits.requestMilliseconds),
    },
    getRequestListener(
      (request, { incoming }) => app.fetch(request, { address: incoming.socket.remoteAddress ?? '' }),
      { overrideGlobalObjects: false, errorHandler: () => problem(malformed('The request makes no sense')) },
    ),
  );
  const book = keepBook(server, limits);
  // An answer that the client does not read does not hold its connection for ever; slow requests are looked for before that.
  server.setTimeout(2 * limits.requestMilliseconds + limits.idleMilliseconds);
  server.on('clientError', refuse);
  if (live) {
    server.on('upgrade', (incoming, socket, head) => {
      // WebSockets have limits of their own.
      book.close(incoming.socket);
      if (incoming.headers.upgrade?.toLowerCase() === 'websocket') live.upgrade(incoming, socket, head);
      else answerInPlace(server, incoming);
    });
  }
  await open(server, host, port);
  let closing: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      live?.close();
      closing ??= shut(server);
      return closing;
    },
  };
}

/** Cuts connections where there are too many. */
function keepBook(server: Server, limits: HttpLimits): ConnectionBook<Socket> {
  const book = createConnectionBook<Socket>(limits);
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => book.close(socket));
    book.open(socket, socket.remoteAddress ?? '')?.destroy();
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    book.busy(socket);
    response.once('close', () => book.waiting(socket));
  });
  return book;
}

/** Answers a client that asks for HTTP/2 as if it had not asked, and closes the connection. */
function answerInPlace(server: Server, incoming: IncomingMessage): void {
  const response = new ServerResponse(incoming);
  response.shouldKeepAlive = false;
  response.assignSocket(incoming.socket);
  response.once('finish', () => incoming.socket.end());
  server.emit('request', incoming, response);
}

/** Rejects as {@link listen} would, as far as can be known before: nothing has to be made first and taken back. */
export async function checkListening({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<void> {
  const server = createServer();
  await open(server, host, port);
  await shut(server);
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Bytes that are not HTTP never become a request. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy();
  else refuseOn(socket, refusalOf(error.code ?? ''));
}

function refusalOf(code: string): Parameters<typeof refuseOn>[1] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'ERR_HEADERS_TOO_LARGE',
        problem: 'The headers of the request are too long',
        fix: 'Send fewer or shorter headers',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'ERR_SLOW_REQUEST',
        problem: 'The request did not arrive whole in time',
        fix: 'Send the whole request at once',
      };
    default:
      return malformed('The bytes that came are not an HTTP request');
  }
}

function malformed(problem: string): Problem {
  return {
    status: 400,
    code: 'ERR_BAD_REQUEST',
    problem,
    fix: 'Send an HTTP/1.1 request; ops/docs/http.md lists what can be asked',
  };
}

function explainListening(error: unknown, host: string, port: number): unknown {
  const taken = codeOf(error) === 'EADDRINUSE';
  return new BadInputError({
    code: taken ? 'ERR_PORT_TAKEN' : 'ERR_LISTEN',
    problem: taken
      ? `Another program uses the port ${host}:${port}`
      : `Atoll cannot listen on ${host}:${port} (${messageOf(error)})`,
    fix: 'Choose another port, or 0 for any free port',
    cause: error,
  });
}
