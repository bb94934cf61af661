import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { trace } from '../../protocol/base/trace.js';
import { writeFileAtomic } from '../../protocol/files/atomic.js';

/** Where a run's coordinator is reached on this machine; only its owner may read it. */
export interface CoordinatorAddress {
  readonly url: string;
  /** Absent: it came from the environment, and stays there. */
  readonly token?: string;
  readonly pid: number;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** `$XDG_STATE_HOME/atoll/coordinators`, else `~/.local/state/atoll/coordinators`. */
export function addressDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'atoll', 'coordinators');
}

const fileOf = (run: string): string => join(addressDirectory(), `${run}.json`);

/** Writes the address for the commands of this machine; returns how to remove it, unless another coordinator has replaced it. */
export async function leaveAddress(address: CoordinatorAddress): Promise<() => Promise<void>> {
  await mkdir(addressDirectory(), { recursive: true, mode: 0o700 });
  await writeFileAtomic(fileOf(address.run), `${JSON.stringify(address)}\n`, 0o600);
  return async () => {
    const found = await readAddress(address.run);
    if (found?.pid === address.pid && found.url === address.url)
      await rm(fileOf(address.run), { force: true });
  };
}

/** The address that a run's coordinator left on this machine; undefined when there is none. */
export async function readAddress(run: string): Promise<CoordinatorAddress | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(fileOf(run), 'utf8'));
    return isAddress(found) ? found : undefined;
  } catch (error) {
    return trace('reading the address of a coordinator', error);
  }
}

/** All addresses that coordinators left on this machine, those of the dead too. */
export async function readAddresses(): Promise<CoordinatorAddress[]> {
  // No such folder: no coordinator was ever started here.
  const names = await readdir(addressDirectory()).catch(() => []);
  const runs = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return (await Promise.all(runs.map(readAddress))).filter((address) => address !== undefined);
}

function isAddress(value: unknown): value is CoordinatorAddress {
  if (typeof value !== 'object' || value === null) return false;
  const { url, token, pid, run, since } = value as Partial<Record<keyof CoordinatorAddress, unknown>>;
  const texts = [url, run, since].every((each) => typeof each === 'string') && URL.canParse(String(url));
  return texts && typeof pid === 'number' && (token === undefined || typeof token === 'string');
}
