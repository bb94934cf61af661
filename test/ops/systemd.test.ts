import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atollWords, flagsOf } from './shipped-flags.js';

/** The units of ops/systemd. */

const SHIPPED = fileURLToPath(new URL('../../ops/systemd', import.meta.url));
const UNITS = [
  ['atoll-coordinator@.service', 'coordinator'],
  ['atoll-worker@.service', 'worker'],
] as const;
/** A worker that is told to stop leaves in order; a coordinator would end the run. */
const STOPPED_WITH = {
  coordinator: { KillSignal: 'SIGKILL', SuccessExitStatus: 'SIGKILL', RestartForceExitStatus: 'SIGKILL' },
  worker: { KillSignal: 'SIGTERM', SuccessExitStatus: '130', TimeoutStopSec: '60' },
} as const;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-units-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = (file: string) => readFile(join(SHIPPED, file), 'utf8');

/** The settings of a unit; where one is given twice, both. */
async function settingsOf(file: string): Promise<Map<string, string[]>> {
  const settings = new Map<string, string[]>();
  for (const [, key = '', value = ''] of (await read(file)).matchAll(/^([A-Za-z]+)=(.*)$/gm)) {
    settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  return settings;
}

it('are all tested here', async () => {
  expect((await readdir(SHIPPED)).sort()).toEqual(UNITS.map(([file]) => file));
});

it('give workers the time that they may take to leave', async () => {
  const source = await readFile(new URL('../../ops/cluster/serve-islands.ts', import.meta.url), 'utf8');
  const grace = Number(/GRACE_MS = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', ''));
  expect(grace).toBeGreaterThan(0);
  expect(1000 * Number(STOPPED_WITH.worker.TimeoutStopSec)).toBeGreaterThan(grace);
});

describe.each(UNITS)('%s', (file, command) => {
  it(`names flags that atoll ${command} has, and no others`, async () => {
    const { commands, flags } = atollWords(await read(file));
    expect(commands).toEqual([command]);
    expect(flags).toEqual(expect.arrayContaining(['--nats', '--run']));
    expect(flags.filter((flag) => !['--nats', '--run'].includes(flag)).length).toBeGreaterThan(1);
    const known = (await flagsOf(command)) ?? [];
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it('tries again what may help, and is stopped as it has to be', async () => {
    const settings = await settingsOf(file);
    const expected = {
      Restart: 'on-failure',
      RestartPreventExitStatus: '2',
      StartLimitIntervalSec: '0',
      ...STOPPED_WITH[command],
    };
    for (const [key, value] of Object.entries(expected)) expect(settings.get(key), key).toEqual([value]);
  });

  it('has secrets from files alone', async () => {
    const settings = await settingsOf(file);
    const files = [`/etc/atoll/${command}.env`, `-/etc/atoll/${command}-%i.env`];
    expect(settings.get('EnvironmentFile')).toEqual(files);
    const seen = [...(settings.get('Environment') ?? []), ...(settings.get('ExecStart') ?? [])].join(' ');
    expect(seen).not.toMatch(/PASSWORD|TOKEN|USER|CREDS/);
  });

  const there = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!there)(
    'passes `systemd-analyze verify`, exposed to little (skipped where there is no systemd-analyze)',
    async () => {
      // Where node lies differs; and whoever tests need not have installed Atoll.
      const text = (await read(file)).replace('ExecStart=node ', `ExecStart=${process.execPath} `);
      const unit = join(directory, file.replace('@', '@night'));
      await writeFile(unit, text);
      const verified = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      const { status, stdout, stderr } = verified;
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
      // Of 0 … 10, in tenths; a unit that says nothing has 9.6.
      const rated = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=25', unit], {
        encoding: 'utf8',
      });
      expect(rated.status, rated.stdout).toBe(0);
    },
  );
});
