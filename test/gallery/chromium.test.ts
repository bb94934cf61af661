import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Machine, NO_CHROMIUM, provideChromium } from './chromium.js';

const directory = await mkdtemp(join(tmpdir(), 'atoll-chromium-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A machine with nothing but these commands, which are shell scripts. */
async function machineWith(scripts: Readonly<Record<string, string>>, root = false): Promise<Machine> {
  const bin = await mkdtemp(join(directory, 'bin-'));
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${join(bin, 'called')}\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { environment: { PATH: bin }, root };
}

const placeOf = ({ environment }: Machine, name: string) => join(environment.PATH ?? '', name);

describe("the tests' Chromium", () => {
  it('is the one that CHROMIUM_BIN names, or none', async () => {
    const machine = await machineWith({ chromium: '', other: '' });
    const named = (path: string) => ({
      ...machine,
      environment: { ...machine.environment, CHROMIUM_BIN: path },
    });
    expect(provideChromium(named(placeOf(machine, 'other')))).toBe(placeOf(machine, 'other'));
    expect(provideChromium(named(placeOf(machine, 'not-there')))).toBeUndefined();
  });

  it('is found in the PATH', async () => {
    const machine = await machineWith({ 'google-chrome': '' });
    expect(provideChromium(machine)).toBe(placeOf(machine, 'google-chrome'));
  });

  it("is Debian's package where it may be installed", async () => {
    const script = 'case "$1" in install) /bin/cp "$0" "$(/usr/bin/dirname "$0")/chromium";; esac';
    const machine = await machineWith({ 'apt-get': script }, true);
    expect(provideChromium(machine)).toBe(placeOf(machine, 'chromium'));
    expect((await readFile(placeOf(machine, 'called'), 'utf8')).trim().split('\n')).toEqual([
      'apt-get update',
      'apt-get install --yes --no-install-recommends chromium',
    ]);
  });

  it('is missing where nothing of that works, which one sentence says', async () => {
    expect(provideChromium(await machineWith({}))).toBeUndefined();
    expect(provideChromium(await machineWith({ 'apt-get': 'exit 1' }, true))).toBeUndefined();
    expect(NO_CHROMIUM).toMatch(/apt-get install chromium/);
  });
});
