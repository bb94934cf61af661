import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { followRun } from '../../../coordinator/gallery/follow-run.js';
import { createLiveServer, LIVE_LIMITS, type LiveLimits } from '../../../coordinator/gallery/live-server.js';
import { HTTP_LIMITS } from '../../../coordinator/http/limits.js';
import { createLiveDoor } from '../../../coordinator/http/live-door.js';
import { type HttpServer, listen } from '../../../coordinator/http/server.js';
import { followCommitted } from '../../../coordinator/intake/committed.js';
import type { LiveMessage } from '../../../protocol/wire/live.js';
import { decodeLive } from '../../../protocol/wire/live-codec.js';
import { checkpointAt, entryOf, specOf } from '../fixtures.js';
import { type HttpHarness, startHttp } from './fixtures.js';

/** For what comes within a second where nothing else runs. */
const PATIENCE_MS = 20_000;

const open: { http: HttpHarness; server: HttpServer; sockets: WebSocket[] }[] = [];
afterEach(async () => {
  for (const { http, server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.terminate();
    await server.close();
    await http.stop();
  }
});

/** A coordinator that pages follow, on a port of its own. */
async function serve(limits: Partial<LiveLimits> = {}, port = 0) {
  const spec = specOf(4);
  const http = startHttp(spec);
  const { coordinator, store } = http;
  const { archive } = followCommitted(coordinator);
  const pace = { of: () => 0, total: 0 };
  const followed = followRun({
    ...{ spec, coordinator, committed: archive, store, pace },
    clock: () => performance.now(),
  });
  const live = createLiveDoor({
    feeds: new Map([['/api/live', followed.feed]]),
    server: createLiveServer([followed.feed], { ...LIVE_LIMITS, tickMilliseconds: 20, ...limits }),
    loopback: true,
  });
  const server = await listen(http.app, { host: '127.0.0.1', port, limits: HTTP_LIMITS, live });
  const place = { http, server, sockets: [] as WebSocket[] };
  open.push(place);
  const url = `ws://127.0.0.1:${server.port}/api/live`;

  /** A page; its messages as they come. */
  function watch(options: { readonly headers?: Record<string, string>; readonly path?: string } = {}) {
    const { headers = {}, path } = options;
    const socket = new WebSocket(path === undefined ? url : url.replace('/api/live', path), { headers });
    place.sockets.push(socket);
    const messages: LiveMessage[] = [];
    socket.on('message', (data) => messages.push(decodeLive(data as Buffer)));
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const refused = new Promise<number | undefined>((resolve) => {
      socket.once('unexpected-response', (_, answer) => {
        resolve(answer.statusCode);
        socket.terminate();
      });
    });
    const confidences = () =>
      new Map(
        messages.flatMap((message) =>
          message.type === 'cells'
            ? message.cells.map(({ classId, confidence }) => [classId, confidence] as const)
            : [],
        ),
      );
    return { socket, messages, closed, refused, confidences };
  }
  return { http, server, url, watch };
}

/** A run with an elite in class 1 that is stored. */
async function begin({ http }: { readonly http: HttpHarness }): Promise<void> {
  await http.join('worker-0');
  http.improve(0, [entryOf(1, [1], 0.25)], checkpointAt(10));
  await vi.waitFor(() => expect(http.store.elites().length).toBe(1), PATIENCE_MS);
}

describe('pages that follow a run', () => {
  it('see what is stored, then each improvement once it is stored, and how the run stands', async () => {
    const place = await serve();
    await begin(place);
    const page = place.watch();
    await vi.waitFor(() => expect(page.messages.length).toBeGreaterThanOrEqual(2), PATIENCE_MS);
    expect(page.messages[0]).toMatchObject({ type: 'status', run: 'test', state: 'running' });
    expect(page.messages[1]).toMatchObject({ type: 'cells', complete: true });
    expect(page.confidences()).toEqual(new Map([[1, 0.25]]));
    place.http.improve(0, [entryOf(2, [1, 2], 0.5)], checkpointAt(20));
    const both = new Map([
      [1, 0.5],
      [2, 0.5],
    ]);
    // Of class 1 the page was told a moment ago.
    await vi.waitFor(() => expect(page.confidences()).toEqual(both), PATIENCE_MS);
    const [cell] = page.messages.flatMap((message) => (message.type === 'cells' ? message.cells : []));
    const [elite] = place.http.store.history(1);
    expect(cell).toMatchObject({ digest: elite?.digest, changed: elite?.time, island: 0 });
    expect(cell?.genome?.length).toBeGreaterThan(10);
  });

  it('find the run again when its coordinator has started again', async () => {
    const place = await serve();
    await begin(place);
    const page = place.watch();
    await once(page.socket, 'open');
    const { port } = place.server;
    await place.server.close();
    expect(await page.closed).toBe(1001);
    const again = await serve({}, port);
    await begin(again);
    const same = again.watch();
    await vi.waitFor(() => expect(same.confidences()).toEqual(new Map([[1, 0.25]])), PATIENCE_MS);
  });

  it.each<[string, (socket: WebSocket) => void, number]>([
    ['a word', (socket) => socket.send('hello'), 1008],
    ['nothing', (socket) => socket.send(''), 1008],
    ['bytes', (socket) => socket.send(Buffer.alloc(100)), 1008],
    ['more than anyone could want to say', (socket) => socket.send(Buffer.alloc(1 << 20)), 1009],
    ['a ping', (socket) => socket.ping(), 1008],
    ['an answer to what nobody asked', (socket) => socket.pong(), 1008],
  ])('are cut off when they send %s', async (_, send, code) => {
    const { watch } = await serve();
    const { socket, closed } = watch();
    await once(socket, 'open');
    send(socket);
    expect(await closed).toBe(code);
    const other = watch();
    await vi.waitFor(() => expect(other.messages.length).toBeGreaterThan(0), PATIENCE_MS);
  });

  it.each([
    ['another host', { headers: { Host: 'evil.example' } }, 403],
    ['a page of elsewhere', { headers: { Origin: 'https://evil.example' } }, 403],
    ['a page without an origin', { headers: { Origin: 'null' } }, 403],
    ['another path', { path: '/api/run' }, 404],
  ])('are refused for %s', async (_, options, status) => {
    const { watch } = await serve();
    expect(await watch(options).refused).toBe(status);
  });

  it('are let in from a page of this server', async () => {
    const { url, watch } = await serve();
    const page = watch({ headers: { Origin: new URL(url).origin.replace('ws:', 'http:') } });
    await vi.waitFor(() => expect(page.messages.length).toBeGreaterThan(0), PATIENCE_MS);
  });

  it('are let in by way of a proxy, which says for which host it was asked', async () => {
    const { watch } = await serve();
    const headers = { Origin: 'https://gallery.lab', 'X-Forwarded-Host': 'gallery.lab' };
    const page = watch({ headers });
    await vi.waitFor(() => expect(page.messages.length).toBeGreaterThan(0), PATIENCE_MS);
    const other = watch({ headers: { ...headers, Origin: 'https://evil.example' } });
    expect(await other.refused).toBe(403);
  });

  it('are so many and no more, of an address and in all', async () => {
    const { watch } = await serve({ addressConnections: 2 });
    const pages = [watch(), watch()];
    await Promise.all(pages.map(({ socket }) => once(socket, 'open')));
    expect(await watch().refused).toBe(503);
    pages[0]?.socket.terminate();
    await vi.waitFor(async () => {
      const page = watch();
      expect(await Promise.race([once(page.socket, 'open'), page.refused])).not.toBe(503);
    }, PATIENCE_MS);
  });

  it('are given up when they show no sign of life, and kept when they do', async () => {
    const { watch, server } = await serve({ heartbeatMilliseconds: 100 });
    const alive = watch();
    await once(alive.socket, 'open');
    const dead = createConnection(server.port, '127.0.0.1');
    dead.write(
      'GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    dead.resume();
    await once(dead, 'close');
    await pause(250);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('do not keep clients out that would rather speak HTTP/2', async () => {
    const { server } = await serve();
    const socket = createConnection(server.port, '127.0.0.1');
    socket.write(
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n' +
        'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    );
    const chunks: string[] = [];
    socket.on('data', (chunk) => chunks.push(String(chunk)));
    await once(socket, 'close');
    expect(chunks.join('')).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"alive":true\}/);
  });
});
