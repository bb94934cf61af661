import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, provideNatsServer } from './nats-binary.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-binary-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A machine with nothing but these commands, which are shell scripts; the system's own are called by their paths. */
async function machineWith(scripts: Readonly<Record<string, string>>, root = false): Promise<Machine> {
  const bin = await mkdtemp(join(directory, 'bin-'));
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${join(bin, 'called')}\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { environment: { PATH: bin }, root, fromImage: join(bin, 'cache', 'nats-server') };
}

const called = async ({ environment }: Machine) =>
  (await readFile(join(environment.PATH ?? '', 'called'), 'utf8')).trim().split('\n');

describe("the tests' nats-server", () => {
  it('is the one that NATS_SERVER_BIN names, or none', async () => {
    const machine = await machineWith({ 'nats-server': '', other: '' });
    const other = join(machine.environment.PATH ?? '', 'other');
    const named = (path: string) => ({
      ...machine,
      environment: { ...machine.environment, NATS_SERVER_BIN: path },
    });
    expect(provideNatsServer(named(other))).toBe(other);
    expect(() => provideNatsServer(named(`${other}-not`))).toThrow(
      /^expected a nats-server .*NATS_SERVER_BIN/,
    );
  });

  it('is found in the PATH', async () => {
    const machine = await machineWith({ 'nats-server': '' });
    expect(provideNatsServer(machine)).toBe(join(machine.environment.PATH ?? '', 'nats-server'));
  });

  it("is Debian's package where it may be installed", async () => {
    const script = 'case "$1" in install) /bin/cp "$0" "$(/usr/bin/dirname "$0")/nats-server";; esac';
    const machine = await machineWith({ 'apt-get': script }, true);
    expect(provideNatsServer(machine)).toBe(join(machine.environment.PATH ?? '', 'nats-server'));
    expect(await called(machine)).toEqual([
      'apt-get update',
      'apt-get install --yes --no-install-recommends nats-server',
    ]);
  });

  it('comes out of an image where there is an engine, once, and leaves no container', async () => {
    const script = 'case "$1" in create) echo c1;; cp) /bin/cp "$0" "$3";; esac';
    const machine = await machineWith({ docker: script });
    expect(provideNatsServer(machine)).toBe(machine.fromImage);
    expect(provideNatsServer(machine)).toBe(machine.fromImage);
    expect((await called(machine)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'docker info',
      'docker create',
      'docker cp',
      'docker rm',
      // The copy of the script, asked for its version.
      'docker --version',
    ]);
  });

  it.each([
    ['with nothing', {}],
    ['whose packages cannot be reached', { 'apt-get': 'exit 1' }],
    ['with the client of an engine that is not there', { docker: 'exit 1' }],
    ['with an image for another system', { docker: 'case "$1" in cp) echo x > "$3";; esac' }],
  ])('is asked for in one sentence on a machine %s', async (_, scripts) => {
    const machine = await machineWith(scripts, 'apt-get' in scripts);
    expect(() => provideNatsServer(machine)).toThrow(
      /^expected a nats-server for the tests, got none .*install it/,
    );
  });
});
