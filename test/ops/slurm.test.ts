import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COORDINATOR, startShippedServer, WORKER } from '../nats-cluster.js';
import type { TestServer } from '../nats-server.js';
import { endAll, type Running, start, startProgram, untilSaid } from './running.js';
import { atollWords, flagsOf } from './shipped-flags.js';

/** ops/slurm/worker.sbatch as a node of Slurm runs it: bash, with what Slurm sets; and a real broker and coordinator. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = join(ROOT, 'ops/slurm/worker.sbatch');

let directory: string;
let server: TestServer;
const processes: Running[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-slurm-'));
  server = await startShippedServer();
});
afterAll(async () => {
  await endAll(processes);
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A file of credentials with these lines. */
async function credentials(mode: number, ...lines: readonly string[]): Promise<string> {
  const file = join(directory, `nats-${mode}.env`);
  await writeFile(file, lines.join('\n'));
  await chmod(file, mode);
  return file;
}

/** A job of an array, as it starts on a node. */
function submit(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Running {
  const running = startProgram('bash', [SCRIPT, ...args], {
    // Slurm runs a copy of the script; where it was submitted from it says in a variable.
    cwd: directory,
    env: {
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: directory,
      SLURM_SUBMIT_DIR: ROOT,
      SLURM_JOB_ID: '4245',
      SLURM_ARRAY_JOB_ID: '4242',
      SLURM_ARRAY_TASK_ID: '3',
      ...environment,
    },
  });
  processes.push(running);
  return running;
}

describe('worker.sbatch', () => {
  it('is bash, and names flags that atoll worker has, and no others', async () => {
    expect(spawnSync('bash', ['-n', SCRIPT], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const { commands, flags } = atollWords(await readFile(SCRIPT, 'utf8'));
    expect(commands).toEqual(['worker']);
    expect(flags).toEqual(
      expect.arrayContaining(['--nats', '--run', '--name', '--devices', '--metrics-port']),
    );
    const known = (await flagsOf('worker')) ?? [];
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it('works on a run, leaves in order when its time is nearly up, and takes its islands up again when it is queued again', async () => {
    const coordinator = start(
      { NATS_USER: COORDINATOR.user, NATS_PASSWORD: COORDINATOR.password, XDG_STATE_HOME: directory },
      ...['coordinator', '--nats', server.url, '--run', 'night', '--runs', directory, '--http', 'off'],
      ...['--islands', '4', '--minutes', '5', '--seed', '1'],
    );
    processes.push(coordinator);
    await untilSaid(coordinator, 'waiting for workers');
    const secret = {
      ATOLL_CREDENTIALS: await credentials(
        0o600,
        '# the worker',
        `NATS_USER=${WORKER.user}`,
        `NATS_PASSWORD=${WORKER.password}`,
      ),
    };
    const evolving = (name: string) => new RegExp(`${name}: evolving island (\\d+) of night on cpu`);
    const islands: (string | undefined)[][] = [];
    for (let life = 0; life < 2; life++) {
      const job = submit(secret, server.url, 'night', '--devices', 'cpu,cpu');
      const names = ['slurm-4242-3-0', 'slurm-4242-3-1'];
      for (const name of names) await untilSaid(job, evolving(name));
      islands.push(names.map((name) => evolving(name).exec(job.output.text)?.[1]));
      job.child.kill('SIGTERM');
      expect(await job.exit, job.output.text).toBe(130);
      expect(job.output.text).not.toContain(WORKER.password);
    }
    expect(new Set(islands[0]).size).toBe(2);
    expect(islands[1]).toEqual(islands[0]);
    coordinator.child.kill('SIGINT');
    expect(await coordinator.exit, coordinator.output.text).toBe(130);
  });

  it('says in two sentences what it lacks, and tries nothing', async () => {
    const refused = async (environment: NodeJS.ProcessEnv, ...args: readonly string[]) => {
      const { exit, output } = submit(environment, ...args);
      return { code: await exit, said: output.text };
    };
    const sentence = (words: string) => ({
      code: 2,
      said: expect.stringMatching(new RegExp(`^worker\\.sbatch: ${words}.*\\. .*\\.\\n$`)),
    });
    expect(await refused({}, server.url)).toEqual(sentence('A NATS URL and the name of a run are needed'));
    const open = { ATOLL_CREDENTIALS: await credentials(0o640, 'NATS_USER=worker') };
    expect(await refused(open, server.url, 'night')).toEqual(sentence('Other people can read .*'));
    const missing = { ATOLL_CREDENTIALS: join(directory, 'nothing') };
    expect(await refused(missing, server.url, 'night')).toEqual(sentence('The file .* does not exist'));
  });

  it('takes a password as it stands', async () => {
    const password = 'a $HOME `id` "b" \\ # c = d';
    const file = await credentials(0o400, 'NATS_USER=worker', `NATS_PASSWORD=${password}`);
    // In the place of node, who tells what it was given.
    const bin = await mkdtemp(join(directory, 'bin-'));
    await writeFile(join(bin, 'node'), '#!/bin/sh\nprintf "%s\\n" "$NATS_PASSWORD" "$@"\n', { mode: 0o755 });
    const job = submit(
      { ATOLL_CREDENTIALS: file, PATH: [bin, '/usr/bin', '/bin'].join(delimiter) },
      'nats://b',
      'r',
      '--patience',
      '9',
    );
    expect(await job.exit, job.output.text).toBe(0);
    const flags = [
      '--nats',
      'nats://b',
      '--run',
      'r',
      '--name',
      'slurm-4242-3',
      '--devices',
      'all',
      '--patience',
      '9',
    ];
    expect(job.output.text.split('\n')).toEqual([
      password,
      `${ROOT}/dist/ops/atoll.js`,
      'worker',
      ...flags,
      '',
    ]);
  });
});
