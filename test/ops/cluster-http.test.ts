import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readAddress } from '../../ops/http/address-file.js';
import type { HttpAddress } from '../../ops/http/http-address.js';
import { DEFAULT_ADDRESS } from '../../ops/http/http-flags.js';
import { seriesOf } from '../coordinator/http/fixtures.js';
import { startNatsServer, type TestServer } from '../nats-server.js';
import { startAtoll } from './atoll.js';
import { callAtoll } from './call.js';

/** A real coordinator on a real broker, as its HTTP shows it. */

const OCCUPIED_MS = 10_000;

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-shown-'));
  process.env.XDG_STATE_HOME = join(directory, 'state');
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

it('a coordinator is shown where nobody asked for it, on another port where that is taken; ready while it reaches its broker', async () => {
  const occupant = await occupy(DEFAULT_ADDRESS);
  const flags = ['--nats', server.url, '--run', 'shown', '--runs', directory, '--islands', '1'];
  const child = startAtoll(['coordinator', ...flags]);
  try {
    await vi.waitFor(() => expect(child.said()).toContain('waiting for workers'), 15_000);
    expect(child.said()).toContain(`(port ${DEFAULT_ADDRESS.port} is taken)`);
    const url = (await readAddress('shown'))?.url ?? '';
    const ask = (path: string) => fetch(`${url}${path}`);
    const connected = async () =>
      seriesOf(await (await ask('/metrics')).text()).get('atoll_broker_connected');
    expect((await ask('/readyz')).status).toBe(200);
    expect(await connected()).toBe(1);
    await server.kill();
    await vi.waitFor(async () => {
      const answer = await ask('/readyz');
      expect([answer.status, await answer.json()]).toMatchObject([
        503,
        { error: { code: 'ERR_BROKER_OFFLINE' } },
      ]);
    }, 5000);
    expect((await ask('/healthz')).status).toBe(200);
    expect(await connected()).toBe(0);
    await server.restart();
    await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200), 10_000);
    const { code, stdout } = await callAtoll(['stop', '--run', 'shown']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^shown is end(ing|ed)\n$/) });
    expect(await child.ended).toBe(0);
  } finally {
    child.kill('SIGKILL');
    occupant?.close();
  }
});

it('a coordinator that stays shows the run after its end, and goes on a signal', async () => {
  const place = ['--nats', server.url, '--run', 'stays'];
  const flags = ['--runs', directory, '--islands', '1', '--evaluations', '500', '--http', '0', '--stay'];
  const coordinator = startAtoll(['coordinator', ...place, ...flags]);
  try {
    const worker = startAtoll(['worker', ...place, '--name', 'w']);
    expect(await worker.ended, worker.said()).toBe(0);
    await vi.waitFor(() => expect(coordinator.said()).toContain('the run has ended, and is shown'), 15_000);
    const url = (await readAddress('stays'))?.url ?? '';
    expect(await (await fetch(`${url}/api/run`)).json()).toMatchObject({ run: 'stays', state: 'ended' });
    expect((await fetch(`${url}/api/elites/3/image.png`)).status).toBe(200);
    coordinator.kill('SIGTERM');
    expect(await coordinator.ended, coordinator.said()).toBe(0);
  } finally {
    coordinator.kill('SIGKILL');
  }
});

/**
 * Takes the port for good: a coordinator of another test may have it now, and let go of it before ours starts. Undefined
 * when it stays taken: then another program keeps it.
 */
async function occupy({ host, port }: HttpAddress): Promise<Server | undefined> {
  for (const deadline = Date.now() + OCCUPIED_MS; Date.now() < deadline; ) {
    const occupant = createServer().listen(port, host);
    const taken = await once(occupant, 'listening').then(
      () => true,
      () => false,
    );
    if (taken) return occupant;
    await pause(50);
  }
  return undefined;
}
