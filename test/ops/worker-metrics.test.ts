import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../ops/cli/command-line.js';
import { readAddress } from '../../ops/http/address-file.js';
import { seriesOf } from '../coordinator/http/fixtures.js';
import { startNatsServer, type TestServer } from '../nats-server.js';
import { runAtoll } from './atoll.js';
import { callAtoll } from './call.js';
import { childrenOf, endAll, type Running, start, untilSaid } from './running.js';

/** `atoll worker --metrics-port`: real processes, as Prometheus finds them. */

/** Milliseconds, on a busy machine. */
const PATIENCE = 30_000;

let directory: string;
let server: TestServer;
const processes: Running[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-scraped-'));
  process.env.XDG_STATE_HOME = join(directory, 'state');
  server = await startNatsServer();
});
afterAll(async () => {
  await endAll(processes);
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

function atoll(...args: readonly string[]): Running {
  const running = start({ XDG_CACHE_HOME: join(directory, 'cache') }, ...args);
  processes.push(running);
  return running;
}

async function coordinate(run: string, islands: number): Promise<Running> {
  const place = ['--nats', server.url, '--run', run, '--runs', directory, '--http', '0'];
  const running = atoll('coordinator', ...place, '--islands', `${islands}`, '--minutes', '5', '--seed', '1');
  await untilSaid(running, 'waiting for workers');
  return running;
}

/** A worker, and how to ask it. */
async function work(run: string, ...more: readonly string[]) {
  const flags = ['--nats', server.url, '--run', run, '--name', 'box', '--metrics-port', '0', ...more];
  const worker = atoll('worker', ...flags);
  await untilSaid(worker, /metrics at \S+/);
  const [, url = ''] = /metrics at (\S+)\/metrics/.exec(worker.output.text) ?? [];
  const scrape = async () => (await fetch(`${url}/metrics`)).text();
  return { worker, url, scrape, read: async () => seriesOf(await scrape()) };
}

const sumOf = (series: Map<string, number>, name: string) =>
  [...series].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0);

/** Waits until the workers have evolved, lets them rest, and holds their figures against those of the run. */
async function expectAgreement(run: string, read: () => Promise<Map<string, number>>): Promise<void> {
  await vi.waitFor(async () => {
    expect(sumOf(await read(), 'atoll_worker_evaluations_total')).toBeGreaterThan(1000);
  }, PATIENCE);
  expect((await callAtoll(['pause', '--run', run])).code).toBe(0);
  const { url = '' } = (await readAddress(run)) ?? {};
  await vi.waitFor(async () => {
    const [ours, theirs] = [await read(), seriesOf(await (await fetch(`${url}/metrics`)).text())];
    expect(ours.get('atoll_worker_islands{state="evolving"}')).toBe(0);
    for (const name of ['evaluations', 'generations', 'neutral']) {
      expect(sumOf(ours, `atoll_worker_${name}_total`), name).toBe(theirs.get(`atoll_${name}_total`));
    }
    for (const stage of ['render', 'classify']) {
      const stored = theirs.get(`atoll_${stage}_seconds_total`) ?? Number.NaN;
      expect(sumOf(ours, `atoll_worker_${stage}_seconds_sum`), stage).toBeCloseTo(stored, 6);
    }
    expect(sumOf(ours, 'atoll_worker_outbox_elites')).toBe(0);
  }, PATIENCE);
}

const promtool = spawnSync('promtool', ['--version']).status === 0;

function expectAccepted(text: string): void {
  if (!promtool) return;
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}

describe('atoll worker --metrics-port', () => {
  it('shows one island, in figures that the run agrees with, and that Prometheus accepts', async () => {
    await coordinate('single', 1);
    const { worker, url, scrape, read } = await work('single');
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ alive: true });
    await expectAgreement('single', read);
    const text = await scrape();
    expect(text).toContain(
      'atoll_worker_info{worker="box",run="single",island="0",engine="onnx",device="cpu"} 1',
    );
    expect(text).toContain('process_resident_memory_bytes');
    expectAccepted(text);
    const connected = async () => (await read()).get('atoll_worker_broker_connected{worker="box"}');
    expect(await connected()).toBe(1);
    await server.kill();
    await vi.waitFor(async () => expect(await connected()).toBe(0), PATIENCE);
    await server.restart();
    await vi.waitFor(async () => expect(await connected()).toBe(1), PATIENCE);
    worker.child.kill('SIGTERM');
    expect(await worker.exit, worker.output.text).toBe(130);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('shows several islands at one port, whose counters do not go back when a process dies', async () => {
    await coordinate('pair', 2);
    const { worker, scrape, read } = await work('pair', '--islands', '2');
    await expectAgreement('pair', read);
    const resting = async () => (await read()).get('atoll_worker_islands{state="paused"}');
    await vi.waitFor(async () => expect(await resting()).toBe(2), PATIENCE);
    const before = await read();
    const victims = await childrenOf(worker.child.pid ?? 0);
    expect(victims).toHaveLength(2);
    for (const victim of victims) process.kill(victim, 'SIGKILL');
    await vi.waitFor(async () => {
      expect(sumOf(await read(), 'atoll_worker_restarts_total')).toBe(2);
    }, PATIENCE);
    await vi.waitFor(async () => {
      expect((await read()).get('atoll_worker_islands{state="paused"}')).toBe(2);
    }, PATIENCE);
    const after = await read();
    const counters = [...before].filter(([name]) => /^atoll_worker_.*_(total|count|sum)\{/.test(name));
    expect(counters.filter(([name, value]) => !((after.get(name) ?? 0) >= value))).toEqual([]);
    expect((await callAtoll(['resume', '--run', 'pair'])).code).toBe(0);
    await expectAgreement('pair', read);
    expectAccepted(await scrape());
    worker.child.kill('SIGTERM');
    expect(await worker.exit, worker.output.text).toBe(130);
  });

  it('says in one sentence that a port cannot be had, before anything else is tried', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
    const { port } = occupant.address() as { readonly port: number };
    const place = ['worker', '--nats', 'nats://127.0.0.1:1', '--run', 'x', '--metrics-port'];
    expect(await runAtoll([...place, `${port}`])).toMatchObject({
      code: 2,
      stderr: `atoll: Another program uses the port 127.0.0.1:${port}. Choose another port, or 0 for any free port.\n`,
    });
    occupant.close();
    for (const wrong of ['-1', '65536', 'off', 'here', 'a b:80', '1e3', ':9100']) {
      expect(await callAtoll([...place, wrong]), wrong).toMatchObject({
        code: 2,
        stderr: `atoll: --metrics-port must be a port, or HOST:PORT, but it is ${JSON.stringify(wrong)}. See \`${commandLine(['worker'])} --help\`.\n`,
      });
    }
  });
});
