import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { POLICY } from '../../coordinator/http/page-routes.js';
import type { LiveCell } from '../../protocol/wire/live.js';
import { encodeLive } from '../../protocol/wire/live-codec.js';
import { answerOf, statusOf } from './fake-answers.js';
import type { FakeRun } from './fake-run.js';

/** A server that speaks the gallery's contract, of runs out of thin air: what a page is tried on. */

const PAGE = fileURLToPath(new URL('../../dist/coordinator/gallery/page', import.meta.url));
export const TOKEN = 'open-sesame';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

export interface FakeServer {
  readonly url: string;
  readonly port: number;
  /** Everyone who watches is told that these cells have a new elite. */
  tell(run: FakeRun, cells: readonly LiveCell[]): void;
  /** The connections of all who watch are cut. */
  cut(): void;
  close(): Promise<void>;
}

/** Serves one run at '', several at /runs/0, /runs/1 …; `stored`: as runs in directories, which no coordinator is at. */
export async function serve(
  runs: readonly FakeRun[],
  { port = 0, stored = false }: { readonly port?: number; readonly stored?: boolean } = {},
): Promise<FakeServer> {
  const bases = runs.map((_, i) => (runs.length === 1 ? '' : `/runs/${i}`));
  const server = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/api/runs') {
      json(response, 200, { runs: runs.map(({ name }, i) => ({ base: bases[i], name, live: !stored })) });
      return;
    }
    const i = bases.findIndex((base) => path.startsWith(`${base}/api/`));
    const run = runs[i];
    if (run === undefined) sendFile(response, path);
    else void answer(run, request, response, path.slice((bases[i] ?? '').length));
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, request) => {
    const run = runs[bases.findIndex((base) => request.url === `${base}/api/live`)];
    if (run === undefined) {
      socket.close(1008);
      return;
    }
    Object.assign(socket, { run });
    socket.send(encodeLive({ type: 'status', ...statusOf(run) }));
    const cells = [...run.cells.values()];
    for (let at = 0; at < cells.length; at += 200) {
      socket.send(
        encodeLive({ type: 'cells', cells: cells.slice(at, at + 200), complete: at + 200 >= cells.length }),
      );
    }
  });
  const tellStatus = setInterval(() => {
    for (const socket of sockets.clients) {
      const { run } = socket as unknown as { readonly run?: FakeRun };
      if (run !== undefined) socket.send(encodeLive({ type: 'status', ...statusOf(run) }));
    }
  }, 1000);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}/`,
    tell(run, cells) {
      const bytes = encodeLive({ type: 'cells', cells, complete: false });
      for (const socket of sockets.clients) {
        if ((socket as unknown as { readonly run?: FakeRun }).run === run) socket.send(bytes);
      }
    },
    cut() {
      for (const socket of sockets.clients) socket.terminate();
    },
    async close() {
      clearInterval(tellStatus);
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, path: string): void {
  const file = join(PAGE, path === '/' ? 'index.html' : path);
  if (!file.startsWith(PAGE) || !existsSync(file)) {
    json(response, 404, { error: { code: 'ERR_NOT_FOUND', message: 'There is nothing here. Ask for /.' } });
    return;
  }
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
}

async function answer(
  run: FakeRun,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (request.method === 'GET') {
    const body = answerOf(run, path);
    if (body === undefined)
      json(response, 404, { error: { code: 'ERR', message: 'There is no such thing. Ask for another.' } });
    else if (body instanceof Uint8Array) response.end(body);
    else json(response, 200, body);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (path === '/api/look') {
    const best = [...run.cells.values()].slice(0, 5);
    const told = best.map(({ classId }, i) => ({
      classId,
      label: run.labels[classId],
      confidence: [0.62, 0.21, 0.08, 0.03, 0.01][i],
    }));
    json(response, 200, { best: told, bytes: Buffer.concat(chunks).length });
    return;
  }
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    json(response, 401, {
      error: { code: 'ERR_TOKEN', message: 'The token is not this run’s. Give the right one.' },
    });
    return;
  }
  run.state = path === '/api/pause' ? 'paused' : path === '/api/stop' ? 'ended' : 'running';
  json(response, 200, { run: run.name, state: run.state });
}
