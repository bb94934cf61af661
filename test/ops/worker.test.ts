import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COORDINATOR, startShippedServer, WORKER } from '../nats-cluster.js';
import type { TestServer } from '../nats-server.js';
import { childrenOf, endAll, type Running, start, untilGone, untilSaid } from './running.js';

/** `atoll worker` with several islands: real processes, and a real broker with the files of ops/nats. */

let directory: string;
let server: TestServer;
const processes: Running[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-workers-'));
  server = await startShippedServer();
});
afterAll(async () => {
  await endAll(processes);
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

function atoll(user: typeof WORKER, ...args: readonly string[]): Running {
  const environment = { NATS_USER: user.user, NATS_PASSWORD: user.password };
  const running = start({ ...environment, XDG_CACHE_HOME: join(directory, 'cache') }, ...args);
  processes.push(running);
  return running;
}
const coordinate = (run: string, ...more: readonly string[]) =>
  atoll(
    COORDINATOR,
    'coordinator',
    '--nats',
    server.url,
    '--run',
    run,
    '--runs',
    directory,
    '--json',
    ...more,
  );
const work = (run: string, ...more: readonly string[]) =>
  atoll(WORKER, 'worker', '--nats', server.url, '--run', run, '--name', 'box', ...more);

const islandOf = ({ output }: Running, name: string) =>
  [...output.text.matchAll(new RegExp(`${name}: evolving island (\\d+)`, 'g'))].map(([, island]) => island);

describe('atoll worker with several islands', () => {
  it('starts a process for each, and starts it again under its name when it is killed', async () => {
    const coordinator = coordinate('pair', '--islands', '2', '--evaluations', '14000', '--seed', '3');
    const worker = work('pair', '--devices', 'cpu,cpu');
    await untilSaid(worker, 'box-0: evolving');
    await untilSaid(worker, 'box-1: evolving');
    const [victim = 0] = await childrenOf(worker.child.pid ?? 0);
    process.kill(victim, 'SIGKILL');
    await untilSaid(worker, /box-[01] died \(signal SIGKILL\); starting it again/);
    expect(await coordinator.exit, coordinator.output.text).toBe(0);
    expect(await worker.exit, worker.output.text).toBe(0);
    const report = JSON.parse(coordinator.output.text.trim().split('\n').at(-1) ?? '');
    expect(report).toMatchObject({ evaluations: 14_000, islands: 2 });
    const islands = ['box-0', 'box-1'].map((name) => islandOf(worker, name));
    expect(islands.map((each) => each.length).sort()).toEqual([1, 2]);
    expect(islands.flatMap((each) => [...new Set(each)]).sort()).toEqual(['0', '1']);
  }, 60_000);

  it('has them leave in order when it is told to, and is gone with them when it is killed', async () => {
    const coordinator = coordinate('leave', '--islands', '2', '--minutes', '5');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const worker = work('leave', '--islands', '2');
      await untilSaid(worker, 'box-0: evolving');
      await untilSaid(worker, 'box-1: evolving');
      const children = await childrenOf(worker.child.pid ?? 0);
      expect(children).toHaveLength(2);
      worker.child.kill(signal);
      expect(await worker.exit, worker.output.text).toBe(signal === 'SIGTERM' ? 130 : null);
      for (const child of children) await untilGone(child);
      // They said farewell, so their islands are free at once: the next two of the name get them.
      expect(islandOf(worker, 'box-0').concat(islandOf(worker, 'box-1')).sort()).toEqual(['0', '1']);
    }
    coordinator.child.kill('SIGINT');
    expect(await coordinator.exit).toBe(130);
  }, 60_000);

  it('goes on with the islands that can work, and says why the others cannot', async () => {
    const coordinator = coordinate('narrow', '--islands', '1', '--evaluations', '3000');
    await untilSaid(coordinator, 'waiting for workers');
    const worker = work('narrow', '--islands', '3');
    expect(await worker.exit, worker.output.text).toBe(0);
    expect(worker.output.text.match(/could not work/g)).toHaveLength(1);
    expect(worker.output.text).toMatch(
      /box-\d could not work \(The coordinator gave this worker no island: all .*not started again/,
    );
    expect(await coordinator.exit).toBe(0);
  }, 60_000);

  it('says an error once that all of them have, and exits 2', async () => {
    const coordinator = coordinate('cuda', '--islands', '3', '--minutes', '5');
    const worker = work('cuda', '--devices', 'cuda:98,cuda:99');
    expect(await worker.exit, worker.output.text).toBe(2);
    expect(worker.output.text.match(/cannot use the device/g), worker.output.text).toHaveLength(1);
    coordinator.child.kill('SIGKILL');
    const stranger = { ...WORKER, password: 'guess' };
    const refused = atoll(stranger, 'worker', '--nats', server.url, '--run', 'x', '--islands', '4');
    expect(await refused.exit).toBe(2);
    expect(refused.output.text).toMatch(/^atoll: The broker does not accept these credentials[^\n]*\n$/);
  }, 60_000);
});
