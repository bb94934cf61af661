import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressDirectory, type CoordinatorAddress, readAddress } from '../../ops/http/address-file.js';
import { type Ran, type Started, startAtoll } from './atoll.js';
import { callAtoll } from './call.js';

/** A real run that shows itself over HTTP, and the commands that watch and control it. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-control-'));
  process.env.XDG_STATE_HOME = join(directory, 'state');
});
const running: Started[] = [];
afterEach(async () => {
  delete process.env.ATOLL_TOKEN;
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Starts a run that does not end by itself, and waits until it is shown. */
async function show(
  name: string,
  ...more: readonly string[]
): Promise<CoordinatorAddress & { child: Started }> {
  const flags = ['--islands', '1', '--seed', '1', '--evaluations', '1000000000'];
  const child = startAtoll(['up', '--runs', directory, '--name', name, ...flags, ...more]);
  running.push(child);
  for (;;) {
    if (child.exitCode !== null) throw new Error(child.said());
    const address = await readAddress(name);
    if (address) return { ...address, child };
    await pause(20);
  }
}

const lastLine = ({ stdout }: Ran) =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

async function evaluationsOf(run: string): Promise<number> {
  const { totals } = lastLine(await callAtoll(['status', '--run', run, '--json'])) as {
    totals: { evaluations: number };
  };
  return totals.evaluations;
}

/** How many evaluations a run has once they grow no more: what was on its way has arrived. */
async function restsAt(run: string): Promise<number> {
  for (let last = Number.NaN; ; ) {
    const evaluations = await evaluationsOf(run);
    if (evaluations === last) return evaluations;
    last = evaluations;
    await pause(500);
  }
}

describe('a run that is shown', () => {
  it('is watched, paused, resumed and stopped by name alone, on its machine; its secret stays with its owner', async () => {
    const { child, token, url } = await show('shown', '--http', '0');
    expect(token).toMatch(/^[\w-]{43}$/);
    const file = join(addressDirectory(), 'shown.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(addressDirectory())).mode & 0o777).toBe(0o700);

    while ((await evaluationsOf('shown')) === 0) await pause(20);
    expect(lastLine(await callAtoll(['pause', '--json']))).toEqual({ run: 'shown', state: 'paused' });
    const rested = await restsAt('shown');
    const table = await callAtoll(['status', '--run', 'shown']);
    expect(table.stdout).toMatch(/^run +shown: 10 classes of digits, cppn\nstate +paused\n/);
    expect(table.stdout).toMatch(/\n +0 +worker-0 +cpu +live +[\d,]+ +[\d,]+\/s +\d+ s ago\n$/);
    expect((await callAtoll(['resume', '--run', 'shown'])).stdout).toBe('shown is running\n');
    while ((await evaluationsOf('shown')) === rested) await pause(50);

    expect(
      lastLine(
        await callAtoll(['stop', '--url', url, '--token-file', await fileWith(token ?? ''), '--json']),
      ),
    ).toEqual({ run: 'shown', state: 'ending' });
    expect(await child.ended).toBe(0);
    await expect(stat(file)).rejects.toThrow('ENOENT');
    const kept = await readdir(join(directory, 'shown'));
    for (const name of kept.filter((each) => each !== 'model')) {
      expect((await readFile(join(directory, 'shown', name), 'latin1')).includes(token ?? ''), name).toBe(
        false,
      );
    }
    expect(child.said()).not.toContain(token);
    expect(child.said()).toContain(`watch it at ${url}\n`);
  });

  it('is shown by default, and says where before anything else; with --http off it is not shown', async () => {
    const { child, url } = await show('default');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(child.said().startsWith(`watch it at ${url}`)).toBe(true);
    const hidden = startAtoll(['up', '--runs', directory, '--name', 'hidden', '--http', 'off']);
    running.push(hidden);
    while (!hidden.said().includes('kept in')) await pause(20);
    expect(hidden.said()).not.toContain('watch it at');
    expect(await readAddress('hidden')).toBeUndefined();
  });

  it('obeys no request without its token, which may be in the environment and nowhere else', async () => {
    process.env.ATOLL_TOKEN = 'a-token-from-the-environment';
    const { url, token } = await show('guarded', '--http', '127.0.0.1:0');
    expect(token).toBeUndefined();
    expect((await callAtoll(['pause', '--run', 'guarded'])).code).toBe(0);
    for (const wrong of ['another-token-altogether', undefined]) {
      if (wrong === undefined) delete process.env.ATOLL_TOKEN;
      else process.env.ATOLL_TOKEN = wrong;
      const { code, stderr } = await callAtoll(['resume', '--run', 'guarded']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          /^atoll: The (token is not that of this run|run can be changed only with its token)\. [^\n]+\.\n$/,
        ),
      });
    }
    const answer = await fetch(`${url}/api/resume`, { method: 'POST' });
    expect(answer.status).toBe(401);
    expect(lastLine(await callAtoll(['status', '--url', url, '--json']))).toMatchObject({ state: 'paused' });
  });

  it('is watched until it ends', async () => {
    const { child } = await show('watched', '--http', '0');
    const watching = startAtoll(['status', '--run', 'watched', '--watch', '--json']);
    running.push(watching);
    const lines: string[] = [];
    watching.stdout?.on('data', (chunk) => lines.push(...String(chunk).trim().split('\n')));
    while (lines.length < 2) await pause(20);
    await callAtoll(['stop', '--run', 'watched']);
    await child.ended;
    expect(await watching.ended, watching.said()).toBe(0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ run: 'watched', state: 'running' });
  });
});

describe('what is wrong is said in one sentence', () => {
  const sentence = /^atoll: [^\n]+\. [^\n]+\.\n$/;

  it.each([
    ['nobody there', ['status', '--run', 'nobody'], 3, /No coordinator of nobody runs on this machine/],
    [
      'nobody at a URL',
      ['pause', '--url', 'http://127.0.0.1:1'],
      3,
      /No coordinator answers at http:\/\/127.0.0.1:1/,
    ],
    ['no run and no coordinator', ['stop'], 2, /No coordinator runs on this machine/],
    ['an invalid URL', ['status', '--url', 'localhost'], 2, /"localhost" is not the URL of a coordinator/],
    ['a secret in a URL', ['status', '--url', 'http://me:hunter2@localhost'], 2, /The URL holds a user/],
    [
      'a token file that is not there',
      ['stop', '--token-file', '/nowhere'],
      2,
      /token file \/nowhere cannot be read/,
    ],
    [
      'an invalid address',
      ['up', '--http', 'a:b'],
      2,
      /--http must be off, a port, or HOST:PORT, but it is "a:b"/,
    ],
    ['an invalid port', ['up', '--http', '65536'], 2, /--http must be .*, but it is "65536"/],
    ['an address of another machine', ['up', '--http', '192.0.2.1:0'], 2, /cannot listen on 192.0.2.1:0/],
  ])('%s', async (_, args, exitCode, words) => {
    const up = ['--runs', directory, '--islands', '1', '--evaluations', '100'];
    const { code, stdout, stderr } = await callAtoll(args[0] === 'up' ? [...args, ...up] : args);
    const said = stderr.split('\n').at(-2);
    expect(`${said}\n`).toMatch(sentence);
    expect(said).toMatch(words);
    expect(said).not.toContain('hunter2');
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  });

  it('a token that could be guessed, without repeating it', async () => {
    const { code, stderr } = await callAtoll(['stop', '--token-file', await fileWith('hunter2')]);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('hunter2');
    expect(code).toBe(2);
  });

  it('a port that another program uses, before anything is made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const up = ['up', '--runs', directory, '--islands', '1', '--evaluations', '100', '--http', `${port}`];
    const before = await readdir(directory);
    const { code, stderr } = await callAtoll(up);
    server.close();
    expect(await readdir(directory)).toEqual(before);
    expect(stderr).toMatch(new RegExp(`Another program uses the port 127.0.0.1:${port}`));
    expect(code).toBe(2);
  });

  it('a coordinator that was killed; its token is not sent to a program that listens in its place', async () => {
    const { child, url } = await show('killed', '--http', '0');
    child.kill('SIGKILL');
    await child.ended;
    const heard: string[] = [];
    const impostor = createServer((socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
    impostor.listen(Number(new URL(url).port), '127.0.0.1');
    await once(impostor, 'listening');
    const { code, stderr } = await callAtoll(['stop', '--run', 'killed']);
    impostor.close();
    expect(stderr).toMatch(/^atoll: The coordinator of killed at [^\n]+ has died [^\n]+\n$/);
    expect({ code, heard }).toEqual({ code: 3, heard: [] });
  });

  it('several coordinators where one is to be named', async () => {
    await mkdir(addressDirectory(), { recursive: true });
    const address = { url: 'http://127.0.0.1:1', pid: process.pid, since: '2026-01-01T00:00:00Z' };
    for (const run of ['one', 'two']) {
      await writeFile(join(addressDirectory(), `${run}.json`), JSON.stringify({ ...address, run }));
    }
    await writeFile(join(addressDirectory(), 'broken.json'), '{');
    const { code, stderr } = await callAtoll(['status']);
    for (const run of ['one', 'two']) await rm(join(addressDirectory(), `${run}.json`));
    expect(stderr).toMatch(/Several runs have a coordinator on this machine: .*one.*two/);
    expect(code).toBe(2);
  });
});

async function fileWith(token: string): Promise<string> {
  const path = join(directory, 'token');
  await writeFile(path, `${token}\n`, { mode: 0o600 });
  return path;
}
