import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type TestServer } from '../nats-server.js';
import { runAtoll } from './atoll.js';
import { endAll, type Running, start, untilSaid } from './running.js';

/** `--log-format json`: what a log collector reads of a coordinator and its workers. */

let directory: string;
let server: TestServer;
const processes: Running[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-logs-'));
  server = await startNatsServer({ configuration: 'authorization { user: atoll, password: hunter2 }' });
});
afterAll(async () => {
  await endAll(processes);
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Line {
  readonly level: string;
  readonly time: string;
  readonly pid: number;
  readonly role: string;
  readonly run: string;
  readonly worker?: string;
  readonly msg: string;
}

function atoll(...args: readonly string[]): Running {
  const environment = {
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_STATE_HOME: join(directory, 'state'),
    NATS_USER: 'atoll',
    NATS_PASSWORD: 'hunter2',
    ATOLL_LOG_FORMAT: 'json',
  };
  const running = start(environment, ...args);
  processes.push(running);
  return running;
}

const linesOf = ({ output }: Running) =>
  output.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('logs as JSON', () => {
  let coordinator: Running;
  let worker: Running;
  beforeAll(async () => {
    const place = ['--nats', server.url, '--run', 'told'];
    const flags = ['--runs', directory, '--islands', '2', '--evaluations', '1000', '--http', 'off', '--json'];
    coordinator = atoll('coordinator', ...place, ...flags);
    await untilSaid(coordinator, 'waiting for workers');
    worker = atoll('worker', ...place, '--name', 'box', '--islands', '2');
    expect(await worker.exit, worker.output.text).toBe(0);
    expect(await coordinator.exit, coordinator.output.text).toBe(0);
  });

  it('are a line each, with its level, its time, its role, its run and its worker', () => {
    // The last line of a command with --json is its result.
    for (const line of [...linesOf(coordinator).slice(0, -1), ...linesOf(worker)]) {
      expect(line).toMatchObject({ level: 'info', run: 'told', msg: expect.any(String) });
      expect(Number.isNaN(Date.parse(line.time))).toBe(false);
    }
    expect(linesOf(coordinator)[0]?.role).toBe('coordinator');
    const evolving = linesOf(worker).filter(({ msg }) => msg.includes('evolving island'));
    expect(evolving.map(({ worker: name }) => name).sort()).toEqual(['box-0', 'box-1']);
    expect(new Set(evolving.map(({ pid }) => pid)).size).toBe(2);
  });

  it('hold no secret', () => {
    expect(coordinator.output.text + worker.output.text).not.toContain('hunter2');
  });
});

describe('a level', () => {
  it('leaves out less urgent messages, in text too', async () => {
    const place = ['--nats', 'nats://127.0.0.1:1', '--run', 'x', '--patience', '3'];
    const loud = await runAtoll(['worker', ...place]);
    expect(loud.stderr).toContain('still trying');
    const quiet = await runAtoll(['worker', ...place, '--log-level', 'error']);
    expect({ code: quiet.code, lines: quiet.stderr.trim().split('\n').length }).toEqual({
      code: 3,
      lines: 1,
    });
    expect(quiet.stderr).toMatch(/^atoll: /);
  });

  it('that is unknown is refused in one sentence', async () => {
    const { code, stderr } = await runAtoll(['worker', '--nats', 'x', '--run', 'x', '--log-level', 'loud']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^atoll: .*--log-level.*"?loud"?.*\n$/);
  });
});
