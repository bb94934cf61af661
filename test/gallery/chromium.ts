import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where the tests' browser comes from. */

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const;

export const NO_CHROMIUM =
  'The tests of the gallery in a browser are left out: there is no chromium in CHROMIUM_BIN or PATH, and no way to ' +
  'install one. Install it (apt-get install chromium), or set CHROMIUM_BIN.';

/** What may differ between machines, for the test of it. */
export interface Machine {
  readonly environment: NodeJS.ProcessEnv;
  readonly root: boolean;
}

const here = (): Machine => ({ environment: process.env, root: process.getuid?.() === 0 });

/**
 * The path of a Chromium: `CHROMIUM_BIN`, else from the PATH, else Debian's package where it may be installed; undefined
 * where there is none.
 */
export function provideChromium(machine: Machine = here()): string | undefined {
  const { CHROMIUM_BIN: named } = machine.environment;
  if (named) return isExecutable(named) ? named : undefined;
  return find(machine) ?? install(machine);
}

function find({ environment }: Machine): string | undefined {
  const places = (environment.PATH ?? '').split(delimiter).filter((place) => place !== '');
  return NAMES.flatMap((name) => places.map((place) => join(place, name))).find(isExecutable);
}

function install(machine: Machine): string | undefined {
  if (!machine.root) return undefined;
  const env = { ...machine.environment, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: 'ignore' } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], options);
  } catch {
    return undefined;
  }
  return find(machine);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
