import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callingShell, commandLine, typeable, typedPath } from '../../../ops/cli/command-line.js';
import { runAtoll } from '../atoll.js';

/** What people are told to type is typed, in a real shell. */

const HOME = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
let outside: string;
beforeAll(async () => {
  outside = join(await realpath(await mkdtemp(join(tmpdir(), 'atoll-typed-'))), "it's a folder");
  await mkdir(outside);
});
afterAll(() => rm(join(outside, '..'), { recursive: true, force: true }));

const shellAt = (directory: string, path = process.env.PATH ?? '') => ({ directory, path, home: HOME });

/** As if it was pasted into a shell that stands in `cwd`. */
async function paste(line: string, cwd: string): Promise<string> {
  const env = { ...process.env, npm_config_offline: 'true' };
  return (await promisify(execFile)('sh', ['-c', line], { cwd, env })).stdout;
}

describe('a command that people are told to type', () => {
  it('is called through npx in the clone and below it, and that works there', async () => {
    for (const directory of [HOME, join(HOME, 'ops/cli')]) {
      const line = commandLine(['--version'], shellAt(directory));
      expect(line).toBe('npx atoll --version');
      expect(await paste(line, directory)).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
  });

  it('is called by the path of its file elsewhere, and that works there', async () => {
    const line = commandLine(['--version'], shellAt(outside));
    expect(line).toMatch(/^node \S+\/ops\/launcher\/atoll\.mjs --version$/);
    expect(await paste(line, outside)).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is called by its name where that is on the path, but not for what npm puts there', async () => {
    const bin = join(outside, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'atoll'), '#!/bin/sh\n');
    expect(commandLine([], shellAt(outside, bin))).toMatch(/^node /);
    await chmod(join(bin, 'atoll'), 0o755);
    expect(commandLine(['runs'], shellAt(outside, `/nowhere:${bin}`))).toBe('atoll runs');
    expect(commandLine([], shellAt(outside, join(HOME, 'node_modules/.bin')))).toMatch(/^node /);
  });

  it('has its words quoted where a shell needs that', async () => {
    const words = ['a b', "it's", '$HOME', 'x;y', '', '-n', 'a/b_c-1.2'];
    const line = commandLine(words, shellAt(HOME)).replace(/^npx atoll /, 'printf "%s\\n" ');
    expect(await paste(line, HOME)).toBe(`${words.join('\n')}\n`);
  });

  it('is found between backticks of any sentence', () => {
    expect(typeable('`atoll runs` lists them; see `atoll up --help`.', shellAt(HOME))).toBe(
      '`npx atoll runs` lists them; see `npx atoll up --help`.',
    );
    expect(typeable('the atoll runs', shellAt(HOME))).toBe('the atoll runs');
  });

  it('names paths from where the person is, if that is shorter', () => {
    expect(typedPath(join(HOME, 'runs/a'), shellAt(HOME))).toBe('runs/a');
    expect(typedPath(HOME, shellAt(HOME))).toBe('.');
    expect(typedPath(join(HOME, '-a'), shellAt(HOME))).toBe('./-a');
    expect(typedPath('/x', shellAt('/a/b/c/d'))).toBe('/x');
  });

  it('is for the folder where `npm start` was typed, though npm starts it in that of the package', () => {
    const started = callingShell({ npm_lifecycle_event: 'start', INIT_CWD: '/a', PATH: '/b' });
    expect(started).toEqual({ directory: '/a', path: '/b', home: HOME });
    expect(callingShell({ npm_lifecycle_event: 'test', INIT_CWD: '/a' }).directory).toBe(process.cwd());
  });
});

it('the command that a run ends with works when it is pasted', async () => {
  const up = ['up', '--islands', '1', '--evaluations', '300', '--runs', 'my runs', '--name', 'first'];
  const { code, stdout, stderr } = await runAtoll(up, outside);
  expect(code, stderr).toBe(0);
  const [, next = ''] = /^next {2,}(.*)$/m.exec(stdout) ?? [];
  expect(next).toMatch(/ export 'my runs\/first'$/);
  await paste(next, outside);
  expect((await stat(join(outside, 'my runs/first/export'))).isDirectory()).toBe(true);
});
