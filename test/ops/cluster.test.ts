import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startNatsServer, type TestServer } from '../nats-server.js';
import { runAtoll } from './atoll.js';
import { endAll, start, untilSaid } from './running.js';

/** Real processes and a real broker: `atoll coordinator` and `atoll worker`, with the shipped network. */

const PATIENCE = { timeout: 10_000 };
const PASSWORD = 'correct-horse-battery';

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-cluster-'));
  server = await startNatsServer({ configuration: `authorization { user: atoll, password: ${PASSWORD} }` });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const atoll = (...args: readonly string[]) =>
  start(
    {
      NATS_USER: 'atoll',
      NATS_PASSWORD: PASSWORD,
      XDG_CACHE_HOME: join(directory, 'cache'),
      XDG_STATE_HOME: join(directory, 'state'),
    },
    ...args,
  );
const coordinator = (run: string, ...more: readonly string[]) =>
  atoll('coordinator', '--nats', server.url, '--run', run, '--runs', directory, '--json', ...more);
const worker = (run: string, name: string) =>
  atoll('worker', '--nats', server.url, '--run', run, '--name', name);

describe('atoll coordinator and atoll worker', () => {
  it('evolve a run on a broker; who is killed comes back, who leaves is replaced, and nothing is left out', async () => {
    const flags = ['--islands', '2', '--evaluations', '40000', '--seed', '3'];
    const first = coordinator('digits.run', ...flags);
    const [leaving, staying] = [worker('digits.run', 'a'), worker('digits.run', 'b')];
    const processes = [first, leaving, staying];
    try {
      await untilSaid(leaving, 'evolving island');
      await untilSaid(staying, 'evolving island');
      first.child.kill('SIGKILL');
      await first.exit;
      const second = coordinator('digits.run');
      processes.push(second);
      await untilSaid(second, 'waiting for workers');
      leaving.child.kill('SIGTERM');
      expect(await leaving.exit).toBe(130);
      const third = worker('digits.run', 'c');
      processes.push(third);
      expect(await second.exit, second.output.text).toBe(0);
      const report = JSON.parse(second.output.text.trim().split('\n').at(-1) ?? '');
      expect(report).toMatchObject({ run: 'digits.run', evaluations: 40_000, coverage: 1, islands: 2 });
      expect([await staying.exit, await third.exit]).toEqual([0, 0]);
      const verified = await runAtoll(['verify', join(directory, 'digits.run'), '--json']);
      expect(verified.code, verified.stderr).toBe(0);
      const written = await readFile(join(directory, 'digits.run', 'run.yaml'), 'utf8');
      for (const text of [written, ...processes.map(({ output }) => output.text)]) {
        expect(text).not.toContain(PASSWORD);
      }
    } finally {
      await endAll(processes);
    }
  });

  it('a worker that waits for a coordinator leaves when it is told to', async () => {
    const waiting = worker('nobody', 'w');
    await untilSaid(waiting, 'asking for an island');
    waiting.child.kill('SIGINT');
    expect(await waiting.exit).toBe(130);
  });

  it('a coordinator that is told to end before it is ready ends in order', async () => {
    const nobody = `nats://127.0.0.1:${await freePort()}`;
    const starting = atoll('coordinator', '--nats', nobody, '--run', 'early', '--runs', directory);
    try {
      await expect
        .poll(() => readdir(join(directory, 'early')).catch(() => []), PATIENCE)
        .toContain('lock.db');
      starting.child.kill('SIGTERM');
      expect(await starting.exit, starting.output.text).toBe(130);
    } finally {
      await endAll([starting]);
    }
  });

  it('say in one sentence what is wrong with a broker', async () => {
    const place = ['--run', 'x', '--patience', '0.1'];
    const gone = await runAtoll(['worker', '--nats', 'nats://127.0.0.1:1', ...place]);
    expect(gone).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^atoll: No NATS server can be reached.*\n$/),
    });
    const secret = await runAtoll(['worker', '--nats', 'nats://me:hunter2@127.0.0.1:1', ...place]);
    expect(secret).toMatchObject({ code: 2, stderr: expect.not.stringContaining('hunter2') });
    const stranger = await runAtoll(['coordinator', '--nats', server.url, '--runs', directory, ...place]);
    expect(stranger).toMatchObject({ code: 2, stderr: expect.stringContaining('credentials') });
  });
});
