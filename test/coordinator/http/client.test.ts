import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCoordinatorClient } from '../../../coordinator/http/client.js';
import { HTTP_LIMITS } from '../../../coordinator/http/limits.js';
import { type HttpServer, listen } from '../../../coordinator/http/server.js';
import { type HttpHarness, startHttp, TOKEN } from './fixtures.js';

describe('a client', () => {
  let http: HttpHarness;
  let server: HttpServer;
  let url: string;
  beforeEach(async () => {
    http = startHttp();
    server = await listen(http.app, { host: '127.0.0.1', port: 0, limits: HTTP_LIMITS });
    url = `http://127.0.0.1:${server.port}`;
  });
  afterEach(async () => {
    await server.close();
    await http.stop();
  });

  it('reads a run, and changes it with the token', async () => {
    await http.join('w');
    const client = createCoordinatorClient(url, TOKEN);
    expect(await client.run()).toMatchObject({ run: 'test', state: 'running' });
    expect(await client.islands()).toMatchObject({ islands: [{ number: 0, worker: 'w' }] });
    expect(await client.control('pause')).toEqual({ run: 'test', state: 'paused' });
    expect(http.coordinator.state).toBe('paused');
  });

  it('is told of a wrong or missing token in a sentence that does not repeat it', async () => {
    for (const token of ['another-token-altogether', undefined]) {
      const client = createCoordinatorClient(url, token);
      await expect(client.control('stop')).rejects.toMatchObject({
        code: 'ERR_WRONG_TOKEN',
        exitCode: 2,
        message: expect.not.stringContaining('another-token-altogether'),
      });
    }
    expect(http.coordinator.state).toBe('running');
  });

  it('passes on why the coordinator refuses', async () => {
    http.coordinator.end();
    const client = createCoordinatorClient(url, TOKEN);
    await expect(client.control('pause')).rejects.toMatchObject({
      code: 'ERR_REFUSED',
      exitCode: 2,
      message: expect.stringContaining('is ended, so it cannot'),
    });
  });
});

describe('a client of something else', () => {
  let server: Server;
  const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  afterEach(async () => {
    asked.length = 0;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function urlOf(listener: RequestListener): Promise<string> {
    server = createServer((incoming, outgoing) => {
      asked.push({ path: incoming.url ?? '', authorization: incoming.headers.authorization });
      listener(incoming, outgoing);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('says that no coordinator answered', async () => {
    const bodies = ['<html>', '{}', '{"run":1}', 'null', '[]', '{"error":"x"}'];
    const url = await urlOf((_, outgoing) => outgoing.end(bodies[asked.length - 1]));
    for (const _ of bodies) {
      await expect(createCoordinatorClient(url).run()).rejects.toMatchObject({ code: 'ERR_NO_COORDINATOR' });
    }
  });

  it('sends the token nowhere but where it is needed: not with reads, not after a redirect', async () => {
    const url = await urlOf((_, outgoing) => {
      outgoing.writeHead(307, { Location: '/elsewhere' });
      outgoing.end();
    });
    const client = createCoordinatorClient(url, TOKEN);
    await expect(client.run()).rejects.toMatchObject({ exitCode: 2 });
    await expect(client.control('stop')).rejects.toMatchObject({ exitCode: 2 });
    expect(asked).toEqual([
      { path: '/api/run', authorization: undefined },
      { path: '/api/stop', authorization: `Bearer ${TOKEN}` },
    ]);
  });

  it('does not read for ever', async () => {
    const url = await urlOf((_, outgoing) => {
      const chunk = Buffer.alloc(1 << 16, 'x');
      const pour = () => {
        while (!outgoing.destroyed && outgoing.write(chunk));
      };
      outgoing.on('drain', pour);
      pour();
    });
    await expect(createCoordinatorClient(url).run()).rejects.toMatchObject({ exitCode: 3 });
  });
});

it('without an answer says where it asked, and what to check', async () => {
  await expect(createCoordinatorClient('http://127.0.0.1:1').run()).rejects.toMatchObject({
    code: 'ERR_COORDINATOR_UNREACHABLE',
    exitCode: 3,
    message: expect.stringMatching(
      /^No coordinator answers at http:\/\/127\.0\.0\.1:1 \(.+\)\. Check that it runs/,
    ),
  });
});
