import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { freePort, startNatsServer, type TestServer } from '../nats-server.js';
import { endAll, type Running, start, untilSaid } from './running.js';

/** The services of docker-compose.yml by hand: the same commands and secrets, as plain processes of one machine. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Service {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

let directory: string;
let server: TestServer;
const processes: Running[] = [];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atoll-by-hand-'));
  cpSync(join(ROOT, 'ops/docker/draw-secrets.sh'), join(directory, 'draw-secrets.sh'));
  execFileSync('sh', [join(directory, 'draw-secrets.sh')]);
  const secret = (name: string) => readFileSync(join(directory, 'secrets', name), 'utf8').trim();
  const environment = {
    ATOLL_COORDINATOR_PASSWORD: secret('coordinator-password'),
    ATOLL_WORKER_PASSWORD: secret('worker-password'),
  };
  server = await startNatsServer({ shipped: { file: 'nats.conf', environment } });
});
afterAll(async () => {
  await endAll(processes);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

it('bring up the same system: the run ends, and is shown after its end', async () => {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  };
  const [http, metrics] = [await freePort(), await freePort()];
  /** Where things are on this machine instead of in containers. */
  const here = (words: string) =>
    words
      .replace(/\$\{ATOLL_COORDINATOR_FLAGS:-\}/, '--evaluations 2000')
      .replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1')
      .replace('nats://nats:4222', server.url)
      .replace('0.0.0.0:7464', `127.0.0.1:${http}`)
      .replace('0.0.0.0:9464', `127.0.0.1:${metrics}`)
      .replace('--runs /runs', `--runs ${join(directory, 'runs')}`)
      .replace('/run/secrets', join(directory, 'secrets'));
  const run = (name: string): Running => {
    const { command = '', environment = {} } = services[name] ?? {};
    const places = { XDG_CACHE_HOME: join(directory, 'cache'), XDG_STATE_HOME: join(directory, 'state') };
    const settings = Object.entries(environment).map(([key, value]) => [key, here(value)]);
    const running = start(
      { ...places, ...Object.fromEntries(settings) },
      ...here(command).trim().split(/\s+/),
    );
    processes.push(running);
    return running;
  };
  const coordinator = run('coordinator');
  await untilSaid(coordinator, 'waiting for workers');
  const worker = run('worker');
  await untilSaid(worker, 'evolving island 1');
  expect((await fetch(`http://127.0.0.1:${metrics}/metrics`)).status).toBe(200);
  expect(await worker.exit, worker.output.text).toBe(0);
  await untilSaid(coordinator, 'the run has ended, and is shown');
  await vi.waitFor(async () => {
    const answer = await fetch(`http://127.0.0.1:${http}/api/run`);
    expect(await answer.json()).toMatchObject({ run: 'digits', state: 'ended' });
  });
});
