import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inheritTrace } from '../../../ops/cli/trace-flag.js';
import { callAtoll } from '../call.js';

let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'atoll-trace-'));
  vi.stubEnv('XDG_STATE_HOME', state);
  vi.stubEnv('ATOLL_TRACE', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  inheritTrace();
  await rm(state, { recursive: true });
});

/** Of a run that no coordinator on this machine has: its address is looked for, and is not there. */
const STATUS = ['status', '--run', 'nowhere'];
const TRACED = /^trace: reading the address of a coordinator: no such file or directory$/m;

describe('the trace', () => {
  it('is off unless somebody turns it on', async () => {
    for (const value of ['', '0', 'false']) {
      vi.stubEnv('ATOLL_TRACE', value);
      const { code, stderr } = await callAtoll(STATUS);
      expect([code, stderr]).toEqual([3, expect.not.stringMatching(TRACED)]);
    }
  });

  it.each([
    ['after the command', [...STATUS, '--trace']],
    ['before it', ['--trace', ...STATUS]],
  ])('is turned on by --trace %s, for child processes too', async (_, args) => {
    const { code, stderr } = await callAtoll(args);
    expect([code, stderr]).toEqual([3, expect.stringMatching(TRACED)]);
    expect(process.env.ATOLL_TRACE).toBe('1');
  });

  it('is turned on by the environment', async () => {
    vi.stubEnv('ATOLL_TRACE', '1');
    expect((await callAtoll(STATUS)).stderr).toMatch(TRACED);
  });
});
