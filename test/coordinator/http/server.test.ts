import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HTTP_LIMITS, type HttpLimits } from '../../../coordinator/http/limits.js';
import { type HttpServer, listen } from '../../../coordinator/http/server.js';
import { type HttpHarness, startHttp } from './fixtures.js';

let http: HttpHarness;
let server: HttpServer;
afterEach(async () => {
  await server.close();
  await http.stop();
});

async function serve(limits: Partial<HttpLimits> = {}): Promise<void> {
  const all = { ...HTTP_LIMITS, ...limits };
  http = startHttp(undefined, { ports: { limits: all } });
  server = await listen(http.app, { host: '127.0.0.1', port: 0, limits: all });
}

function connect(): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = createConnection(server.port, '127.0.0.1');
  const chunks: string[] = [];
  socket.on('data', (chunk) => chunks.push(String(chunk)));
  // A server that is done with us may reset the connection.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(chunks.join(''))));
  return { socket, closed };
}

/** What comes back for these bytes until the server closes. */
async function say(bytes: string): Promise<string> {
  const { socket, closed } = connect();
  socket.write(bytes, 'latin1');
  return closed;
}

const request = (line: string, ...headers: readonly string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');

describe('the server', () => {
  it('answers, whatever the path says', async () => {
    await serve();
    expect(await say(request('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"alive":true\}$/);
    expect(await say(request('HEAD /api/run'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
    for (const path of ['/../../etc/passwd', '/api/elites/..%2f..%2fetc%2fpasswd', '//etc/passwd', '/%00']) {
      expect(await say(request(`GET ${path}`)), path).toMatch(/^HTTP\/1\.1 404 .*[\s\S]*"code":"ERR_/);
    }
  });

  it.each([
    ['no HTTP', 'EHLO there\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an invalid host', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['two lengths', request('POST /api/pause', 'Content-Length: 1', 'Content-Length: 2'), 400],
    [
      'a length and chunks',
      request('POST /api/pause', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400,
    ],
    ['a header with a line end in it', request('GET /', 'X: a\rb'), 400],
    ['headers without end', request('GET /healthz', `X: ${'x'.repeat(HTTP_LIMITS.headerBytes)}`), 431],
  ])('refuses %s in one sentence', async (_, bytes, status) => {
    await serve();
    const answer = await say(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\{"error":\{"code":"ERR_[A-Z_]+","message":"[^"]+\. [^"]+\."\}\}$/);
    expect(await say(request('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('does not wait for a request that never comes', async () => {
    await serve({ requestMilliseconds: 200, idleMilliseconds: 100 });
    const [half, silent, body] = await Promise.all([
      say('GET /healthz HTTP/1.1\r\nHost: loc'),
      say(''),
      say('POST /api/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{'),
    ]);
    expect(half).toMatch(/^HTTP\/1\.1 408 .*[\s\S]*"code":"ERR_SLOW_REQUEST"/);
    expect(silent).toMatch(/^(HTTP\/1\.1 408 |$)/);
    // A body is not waited for at all.
    expect(body).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('holds so many connections and no more: the one goes that has waited longest', async () => {
    await serve({ addressConnections: 3 });
    const held = Array.from({ length: 3 }, connect);
    await Promise.all(held.map(({ socket }) => once(socket, 'connect')));
    expect(await say(request('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 /);
    const ends = held.map(({ closed }) => Promise.race([closed, pause(100).then(() => 'open')]));
    expect((await Promise.all(ends)).sort()).toEqual(['', 'open', 'open']);
    for (const { socket } of held) socket.destroy();
  });

  it('answers every probe while one client holds 400 requests that it never ends', async () => {
    // It may not hold as many, and those that it has are half of all.
    await serve({ addressConnections: 128, connections: 256 });
    const held = Array.from({ length: 400 }, connect);
    for (const { socket } of held) socket.write('GET /healthz HTTP/1.1\r\nHost: loc');
    const probes: string[] = [];
    for (let probe = 0; probe < 59; probe++) {
      // What was cut is opened again, as the client would.
      const { socket } = connect();
      held.push({ socket, closed: Promise.resolve('') });
      socket.write('POST /api/pause HTTP/1.1\r\n');
      probes.push(await say(request('GET /healthz')));
    }
    for (const { socket } of held) socket.destroy();
    expect(probes.filter((answer) => !answer.startsWith('HTTP/1.1 200 '))).toEqual([]);
  });

  it('answers probes of an address that has asked for more than it may', async () => {
    await serve({ requests: 2 });
    const asked = [];
    for (let i = 0; i < 4; i++) asked.push((await say(request('GET /api/run'))).slice(9, 12));
    expect(asked).toEqual(['200', '200', '429', '429']);
    expect(await say(request('GET /healthz'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('says when a port is taken', async () => {
    await serve();
    await expect(
      listen(http.app, { host: '127.0.0.1', port: server.port, limits: HTTP_LIMITS }),
    ).rejects.toMatchObject({ code: 'ERR_PORT_TAKEN', exitCode: 2 });
    await expect(listen(http.app, { host: '192.0.2.1', port: 0, limits: HTTP_LIMITS })).rejects.toMatchObject(
      { code: 'ERR_LISTEN', exitCode: 2 },
    );
  });

  it('closes though someone keeps a connection open', async () => {
    await serve({ idleMilliseconds: 60_000 });
    const { socket, closed } = connect();
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea');
    await once(socket, 'data');
    await server.close();
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });
});
