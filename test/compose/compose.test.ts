import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../nats-server.js';
import { type Engine, engineIn, findCompose, imageLike, WITHOUT_ENGINE } from './engine.js';

/** docker-compose.yml on a real engine, from a copy of the sources alone: what an operator does, and what goes wrong. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = { timeout: 120_000, interval: 500 };
const MEGABYTE = 1e6;

const compose = findCompose();
if (compose === undefined) process.stderr.write(`${WITHOUT_ENGINE}\n`);

interface RunView {
  readonly state: string;
  readonly filled: number;
  readonly islands: Readonly<Record<string, number>>;
  readonly totals: { readonly evaluations: number };
}

interface Inspected {
  readonly Config: { readonly User: string };
  readonly HostConfig: { readonly ReadonlyRootfs: boolean; readonly CapDrop: readonly string[] };
  readonly State: { readonly ExitCode: number; readonly Health?: { readonly Status: string } };
  readonly RestartCount: number;
}

describe.skipIf(compose === undefined)('docker-compose.yml', () => {
  let directory: string;
  let engine: Engine;
  let gallery: string;
  let prometheus: string;
  let base: string;
  const image = `atoll-test-${process.pid}`;
  /** The best of each class that was ever seen stored. */
  const seen = new Map<number, number>();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'atoll-compose-'));
    copySources(directory);
    execFileSync('sh', ['ops/docker/draw-secrets.sh'], { cwd: directory });
    const [port, prometheusPort, natsPort] = [await freePort(), await freePort(), await freePort()];
    gallery = `http://127.0.0.1:${port}`;
    prometheus = `http://127.0.0.1:${prometheusPort}`;
    const plain = engineIn(directory, compose ?? [], {});
    base = await imageLike('node:22.12.0-bookworm-slim', plain);
    const nats = await imageLike('nats:2.10.22-alpine', plain);
    engine = engineIn(directory, compose ?? [], {
      COMPOSE_PROJECT_NAME: image,
      COMPOSE_FILE: 'docker-compose.yml:test.yml',
      ATOLL_IMAGE: image,
      ATOLL_PORT: `${port}`,
      ATOLL_NATS_ADDRESS: `127.0.0.1:${natsPort}`,
      PROMETHEUS_PORT: `${prometheusPort}`,
      ATOLL_WORKER_FLAGS: '--islands 1',
      ATOLL_COORDINATOR_FLAGS: '--minutes 30 --seed 1',
      NODE_IMAGE: base,
      NATS_IMAGE: nats,
      PROMETHEUS_IMAGE: await imageLike('prom/prometheus:v2.53.3', plain),
    });
    writeFileSync(join(directory, 'test.yml'), stringify(differences(await hasWget(plain, nats))));
    await engine.compose('build', 'nats', 'coordinator', 'worker');
    await engine.compose('up', '-d', '--scale', 'worker=2', 'nats', 'coordinator', 'worker', 'prometheus');
  });

  afterAll(async () => {
    await engine?.compose('down', '--volumes', '--timeout', '0').catch(() => undefined);
    await engine?.docker('image', 'rm', image, `${image}-nats`).catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  });

  /** What was connected before the coordinator listened would wait for ever. */
  const ask = async <T>(path: string) => {
    const response = await fetch(`${gallery}${path}`, { signal: AbortSignal.timeout(5000) });
    return (await response.json()) as T;
  };
  const evaluations = async () => (await ask<RunView>('/api/run')).totals.evaluations;
  const containersOf = async (service: string) =>
    (await engine.compose('ps', '-q', service)).split('\n').filter((id) => id !== '');
  const inspect = async (id: string) => (JSON.parse(await engine.docker('inspect', id)) as Inspected[])[0];

  /** Waits until two islands have evolved on from where the run is now; no class may be worse than it ever was. */
  async function expectProgress(): Promise<void> {
    const before = await vi.waitFor(evaluations, PATIENCE);
    await vi.waitFor(async () => {
      const run = await ask<RunView>('/api/run');
      expect(run.islands).toMatchObject({ live: 2 });
      expect(run.totals.evaluations).toBeGreaterThan(before + 1000);
    }, PATIENCE);
    const { elites } = await ask<{
      readonly elites: readonly { readonly classId: number; readonly confidence: number }[];
    }>('/api/archive');
    const now = new Map(elites.map(({ classId, confidence }) => [classId, confidence]));
    for (const [classId, best] of seen)
      expect(now.get(classId), `class ${classId}`).toBeGreaterThanOrEqual(best);
    for (const [classId, confidence] of now) seen.set(classId, confidence);
  }

  /** As the kernel does for want of memory: nobody is asked, and the engine has not been told to stop it. */
  async function killInside(container: string, program: string): Promise<void> {
    const restarts = async () => (await inspect(container))?.RestartCount ?? 0;
    const before = await restarts();
    await vi.waitFor(async () => {
      if ((await restarts()) > before) return;
      // A busy engine may fail to look into a container; and it may start one twice until it stays.
      const kill = `kill -9 $(pidof ${program})`;
      await engine.docker('exec', container, 'sh', '-c', kill).catch(() => undefined);
      expect(await restarts()).toBeGreaterThan(before);
    }, PATIENCE);
  }

  it('has an image that adds at most 200 MB to that of Node', async () => {
    const size = async (name: string) =>
      Number(await engine.docker('image', 'inspect', '--format', '{{.Size}}', name));
    expect((await size(image)) - (await size(base))).toBeLessThan(200 * MEGABYTE);
  });

  it('brings up a run on two workers, and all of it is healthy', async () => {
    await expectProgress();
    for (const service of ['nats', 'coordinator', 'worker']) {
      for (const id of await containersOf(service)) {
        await vi.waitFor(
          async () => expect((await inspect(id))?.State.Health?.Status).toBe('healthy'),
          PATIENCE,
        );
      }
    }
  });

  it('has Prometheus find each of the workers by itself', async () => {
    await vi.waitFor(async () => {
      const query = encodeURIComponent('count by (job) (up == 1)');
      const answer = await (await fetch(`${prometheus}/api/v1/query?query=${query}`)).json();
      const { result } = (
        answer as { data: { result: { metric: { job: string }; value: [number, string] }[] } }
      ).data;
      const found = Object.fromEntries(result.map(({ metric, value }) => [metric.job, value[1]]));
      expect(found).toMatchObject({ 'atoll-coordinator': '1', 'atoll-worker': '2', prometheus: '1' });
    }, PATIENCE);
  });

  it('runs nothing as root, with any capability, or outside of its volumes', async () => {
    for (const service of ['nats', 'coordinator', 'worker', 'prometheus']) {
      for (const id of await containersOf(service)) {
        const found = await inspect(id);
        expect(found?.HostConfig, service).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
        const processes = (await engine.docker('top', id, '-eo', 'pid,uid')).split('\n').slice(1);
        expect(processes.length, service).toBeGreaterThan(0);
        for (const line of processes) {
          const [, uid] = line.trim().split(/\s+/);
          expect(Number(uid), service).toBeGreaterThan(0);
        }
        // What is mounted needs a place, and the engine adds the process that its containers begin with.
        const added = (await engine.docker('diff', id)).split('\n').filter((line) => /^[AD] /.test(line));
        const elsewhere = added.filter((line) => !/^A \/(run\/secrets.*|usr\/sbin\/docker-init)$/.test(line));
        expect(elsewhere, service).toEqual([]);
      }
    }
  });

  it('heals when a worker dies', async () => {
    const [first = ''] = await containersOf('worker');
    await killInside(first, 'node');
    await expectProgress();
  });

  it('heals when the coordinator dies', async () => {
    const [coordinator = ''] = await containersOf('coordinator');
    await killInside(coordinator, 'node');
    await expectProgress();
  });

  it('heals when the broker dies, and its monitoring is still there for others', async () => {
    const [nats = ''] = await containersOf('nats');
    await killInside(nats, 'nats-server');
    await expectProgress();
    const [worker = ''] = await containersOf('worker');
    const ask = "fetch('http://nats:8222/varz').then((answer) => process.exit(answer.ok ? 0 : 1))";
    await engine.docker('exec', worker, 'node', '-e', ask);
  });

  it('drains a worker that is stopped, within its time', async () => {
    const [first = ''] = await containersOf('worker');
    await engine.docker('stop', first);
    // 137 would say that it was killed.
    expect((await inspect(first))?.State.ExitCode).toBe(130);
    await engine.docker('start', first);
    await expectProgress();
  });

  it('goes on with the run after all of it was stopped', async () => {
    await engine.compose('stop');
    await engine.compose('start');
    await expectProgress();
  });

  it('ends the run when it is told to, goes on showing it, and leaves an archive that verifies', async () => {
    await engine.compose(
      'exec',
      '-T',
      'coordinator',
      'node',
      '/atoll/dist/ops/atoll.js',
      'stop',
      '--run',
      'digits',
    );
    await vi.waitFor(async () => expect((await ask<RunView>('/api/run')).state).toBe('ended'), PATIENCE);
    for (const id of await containersOf('worker')) {
      await vi.waitFor(async () => expect((await inspect(id))?.State.ExitCode).toBe(0), PATIENCE);
    }
    expect((await fetch(`${gallery}/api/elites/3/image.png`)).status).toBe(200);
    const verified = await engine.compose(
      'run',
      '--rm',
      '--no-deps',
      '-T',
      'coordinator',
      'verify',
      '/runs/digits',
      '--json',
    );
    expect(JSON.parse(verified.split('\n').at(-1) ?? '')).toMatchObject({
      elites: 10,
      outside: 0,
      verified: true,
    });
  });
});

/** What git would clone, with what was changed since. */
function copySources(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0').filter((name) => name !== '')) {
    cpSync(join(ROOT, path), join(to, path), { force: true, errorOnExist: false });
  }
}

const hasWget = (engine: Engine, image: string): Promise<boolean> =>
  engine.docker('run', '--rm', '--entrypoint', 'sh', image, '-c', 'command -v wget').then(
    () => true,
    () => false,
  );

/** What differs where the test runs: builds reach the registry as this machine does; a stand-in may lack wget. */
function differences(wget: boolean): unknown {
  const reach = { build: { network: 'host' } };
  const probe = ['CMD', 'bash', '-c', '</dev/tcp/127.0.0.1/8222'];
  return {
    services: {
      coordinator: reach,
      worker: reach,
      nats: { ...reach, ...(!wget && { healthcheck: { test: probe } }) },
    },
  };
}
