import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeDefect } from '../../../ops/cli/defect.js';
import { fail } from '../../../ops/main.js';
import { ATOLL } from '../atoll.js';

let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'atoll-defect-'));
  process.env.XDG_STATE_HOME = state;
});
afterAll(() => rm(state, { recursive: true, force: true }));

it('what nobody has thought of is one line; what a programmer needs is in a file that the line names', async () => {
  const said: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => said.push(String(chunk)) > 0);
  const code = fail(new TypeError('x is not a function\nat all', { cause: new Error('deep down') }));
  spy.mockRestore();
  expect(code).toBe(1);
  const [, path = ''] =
    /^atoll: Atoll has a defect \(ERR_INTERNAL: x is not a function\)\. The details are in (\S+)\.\n$/.exec(
      said.join(''),
    ) ?? [];
  const details = await readFile(path, 'utf8');
  expect(details).toMatch(/TypeError: x is not a function\nat all\n {4}at [\s\S]*Error: deep down\n {4}at /);
  expect(details).toMatch(/^time: [\s\S]*\ncommand: \[[\s\S]*\nnode: v/);
});

it('details go to the folder for temporary files where there is no other place, and never fill a disk', async () => {
  const blocked = join(state, 'file');
  await writeFile(blocked, '');
  process.env.XDG_STATE_HOME = blocked;
  const [, path = ''] = /in (\S+)\.$/.exec(describeDefect('not even an error')) ?? [];
  expect(await readFile(path, 'utf8')).toContain('not even an error');
  await rm(path);
  process.env.XDG_STATE_HOME = state;
  const sentences = Array.from({ length: 30 }, () => describeDefect(new Error('again')));
  expect(sentences.at(-1)).toBe('Atoll has a defect (ERR_INTERNAL: again). The details were not written.');
  expect((await readdir(join(state, 'atoll/defects'))).length).toBeLessThanOrEqual(10);
});

it('what goes wrong while a command waits is one line, too', async () => {
  const late = "data:text/javascript,setTimeout(()=>{throw new RangeError('late')},300)";
  const args = ['--import', late, ATOLL, 'worker', '--nats', 'nats://127.0.0.1:1', '--run', 'x'];
  const error = await promisify(execFile)(process.execPath, args).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^atoll: Atoll has a defect \(ERR_INTERNAL: late\)\. The details are in \S+\.\n$/,
    ),
  });
});
