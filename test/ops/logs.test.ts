import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type TestServer } from '../nats-server.js';
import { runAtoll } from './atoll.js';
import { endAll, type Running, start, untilSaid } from './running.js';

/** What a log collector reads of a coordinator and its workers. */

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
  readonly island?: number;
  readonly event: string;
  readonly msg: string;
}

function atoll(...args: readonly string[]): Running {
  const environment = {
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_STATE_HOME: join(directory, 'state'),
    NATS_USER: 'atoll',
    NATS_PASSWORD: 'hunter2',
    // As a person has it, who sets nothing.
    ATOLL_LOG_FORMAT: undefined,
    ATOLL_TOKEN: 'hunter3'.repeat(3),
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
    const flags = ['--runs', directory, '--islands', '2', '--evaluations', '1000', '--http', '0', '--json'];
    coordinator = atoll('coordinator', ...place, ...flags, '--log-level', 'debug');
    await untilSaid(coordinator, 'waiting for workers');
    worker = atoll('worker', ...place, '--name', 'box', '--islands', '2');
    expect(await worker.exit, worker.output.text).toBe(0);
    expect(await coordinator.exit, coordinator.output.text).toBe(0);
  });

  it('are what is written where no terminal is: a line each, with time, level, role, run and worker', () => {
    // The last line of a command with --json is its result.
    for (const line of [...linesOf(coordinator).slice(0, -1), ...linesOf(worker)]) {
      expect(line).toMatchObject({ run: 'told', event: expect.any(String), msg: expect.any(String) });
      expect(['debug', 'info', 'warn']).toContain(line.level);
      expect(Number.isNaN(Date.parse(line.time))).toBe(false);
    }
    expect(linesOf(coordinator)[0]?.role).toBe('coordinator');
    const evolving = linesOf(worker).filter(({ event }) => event === 'island-evolving');
    expect(evolving.map(({ worker: name }) => name).sort()).toEqual(['box-0', 'box-1']);
    expect(new Set(evolving.map(({ pid }) => pid)).size).toBe(2);
  });

  it('say of which island they are, from when a worker has one', () => {
    const lines = linesOf(worker);
    for (const name of ['box-0', 'box-1']) {
      const own = lines.filter((line) => line.worker === name);
      const first = own.findIndex(({ event }) => event === 'island-evolving');
      const islands = own.slice(first).map(({ island }) => island);
      expect(islands.length).toBeGreaterThan(1);
      expect(new Set(islands).size).toBe(1);
      expect([0, 1]).toContain(islands[0]);
    }
    const live = linesOf(coordinator).filter(({ event }) => event === 'island-live');
    expect(live.map(({ island }) => island).sort()).toEqual([0, 1]);
  });

  it('hold figures as numbers', () => {
    const progress = linesOf(coordinator).filter(({ event }) => event === 'progress');
    expect(progress.at(-1)).toMatchObject({
      level: 'debug',
      evaluations: expect.any(Number),
      median: expect.any(Number),
      coverage: 1,
      islands: expect.any(Number),
    });
  });

  it('have events that the page on logs lists', async () => {
    const page = await readFile(new URL('../../ops/docs/logs.md', import.meta.url), 'utf8');
    const events = [...linesOf(coordinator).slice(0, -1), ...linesOf(worker)].map(({ event }) => event);
    for (const event of new Set(events)) expect(page).toContain(`| \`${event}\` |`);
  });

  it('hold no secret', () => {
    const said = coordinator.output.text + worker.output.text;
    for (const secret of ['hunter2', 'hunter3']) expect(said).not.toContain(secret);
  });

  it.each([
    ['a password', 'nats://atoll:hunter4@127.0.0.1:1'],
    ['a token', 'nats://hunter4@127.0.0.1:1'],
    ['a password, among others', 'nats://127.0.0.1:1,nats://atoll:hunter4@127.0.0.1:2'],
    ['a password that no URL can hold', 'nats://atoll:hun ter4/hunter4@127.0.0.1:x'],
  ])('hold no secret of a URL with %s, in either format', async (_, url) => {
    for (const format of ['json', 'text']) {
      const told = atoll('worker', '--nats', url, '--run', 'told', '--log-format', format);
      expect(await told.exit).toBe(2);
      expect(told.output.text).not.toMatch(/hunter4|ter4/);
      expect(told.output.text.startsWith('{')).toBe(format === 'json');
    }
  });
});

describe('atoll up', () => {
  const up = (...flags: readonly string[]) => {
    const place = ['--runs', directory, '--evaluations', '200', '--islands', '1', '--http', 'off', '--json'];
    return atoll('up', ...place, ...flags);
  };

  it('says sentences where no terminal is, and lines of JSON where they are asked for', async () => {
    const plain = up('--name', 'plain');
    expect(await plain.exit, plain.output.text).toBe(0);
    expect(plain.output.text).toMatch(/^plain: 10 classes of digits/);
    const json = up('--name', 'lines', '--log-format', 'json');
    expect(await json.exit, json.output.text).toBe(0);
    const told = linesOf(json).filter(({ role }) => role === 'up');
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['run-started', 'island-live', 'island-done']),
    );
    for (const { run } of told) expect(run).toBe('lines');
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
