import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './executable.js';

/** Where the tests' nats-server comes from. */

/** Its program stands alone, so that it runs without its image too; pinned, as every dependency is. */
const IMAGE = 'nats:2.10.22';
const FROM_IMAGE = fileURLToPath(new URL('../node_modules/.cache/atoll/nats-server', import.meta.url));

const MISSING =
  'expected a nats-server for the tests, got none in NATS_SERVER_BIN or PATH, and no way to install one; ' +
  'install it (apt-get install nats-server, brew install nats-server), or set NATS_SERVER_BIN, or start Docker';

/** What may differ between machines, for the test of it. */
export interface Machine {
  readonly environment: NodeJS.ProcessEnv;
  readonly root: boolean;
  /** Where a server goes that was taken out of an image. */
  readonly fromImage: string;
}

const here = (): Machine => ({
  environment: process.env,
  root: process.getuid?.() === 0,
  fromImage: FROM_IMAGE,
});

/**
 * The path of a nats-server: `NATS_SERVER_BIN`, else from the PATH and where Debian puts it, else Debian's package where
 * it may be installed, else out of an image where there is a container engine. Throws one sentence when there is none.
 */
export function provideNatsServer(machine: Machine = here()): string {
  const { environment } = machine;
  const named = environment.NATS_SERVER_BIN;
  const found = find(machine) ?? (named ? undefined : (install(machine) ?? copyFromImage(machine)));
  if (found === undefined) throw new Error(MISSING);
  return found;
}

function find({ environment, fromImage }: Machine): string | undefined {
  if (environment.NATS_SERVER_BIN) return [environment.NATS_SERVER_BIN].find(isExecutable);
  const path = (environment.PATH ?? '').split(delimiter).filter((place) => place !== '');
  // Debian puts it where only root's PATH leads.
  if (environment === process.env) path.push('/usr/sbin', '/usr/local/bin');
  return [...path.map((place) => join(place, 'nats-server')), fromImage].find(isExecutable);
}

function install(machine: Machine): string | undefined {
  if (!machine.root) return undefined;
  const run = (...words: string[]) => call(machine, 'apt-get', ...words);
  if (run('update') === undefined) return undefined;
  run('install', '--yes', '--no-install-recommends', 'nats-server');
  return find(machine);
}

function copyFromImage(machine: Machine): string | undefined {
  const { fromImage } = machine;
  if (call(machine, 'docker', 'info') === undefined) return undefined;
  const container = call(machine, 'docker', 'create', IMAGE);
  if (container === undefined) return undefined;
  mkdirSync(dirname(fromImage), { recursive: true });
  call(machine, 'docker', 'cp', `${container}:/nats-server`, fromImage);
  call(machine, 'docker', 'rm', container);
  // An image for Linux says nothing to another system.
  return call(machine, fromImage, '--version') === undefined ? undefined : fromImage;
}

/** What a command prints; undefined when it is not there, or fails. */
function call({ environment }: Machine, command: string, ...words: readonly string[]): string | undefined {
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    return execFileSync(command, words, {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}
