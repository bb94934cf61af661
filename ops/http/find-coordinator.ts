import type { Command } from 'commander';
import type { CoordinatorClient } from '../../coordinator/http/client.js';
import { BadInputError, UnreachableError } from '../../protocol/base/errors.js';
import { runName } from '../cli/run-name.js';
import { type CoordinatorAddress, readAddress, readAddresses } from './address-file.js';
import { givenToken } from './token.js';

/** Flags that say which coordinator a command is for. */
export interface TargetFlags {
  readonly run?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

export function addTargetFlags(command: Command): Command {
  return command
    .option('--run <name>', 'a run whose coordinator is on this machine (default: the only one)', runName)
    .option('--url <url>', 'address of a coordinator on any machine, e.g. http://head.lab:7464');
}

export function addTokenFlag(command: Command): Command {
  return command.option(
    '--token-file <file>',
    'file with the token of the run; or set ATOLL_TOKEN (default: the token of the coordinator on this machine)',
  );
}

/** The code of the error that no coordinator of the run left an address on this machine. */
export const NO_COORDINATOR_HERE = 'ERR_NO_COORDINATOR_HERE';

/**
 * The coordinator that the flags mean. Rejects with a {@link BadInputError} when they mean none, and with an
 * {@link UnreachableError} when it is known to be gone.
 */
export async function findCoordinator({ run, url, tokenFile }: TargetFlags): Promise<CoordinatorClient> {
  const { createCoordinatorClient } = await import('../../coordinator/http/client.js');
  const given = (await givenToken(tokenFile))?.value;
  if (url !== undefined) return createCoordinatorClient(checkUrl(url), given);
  const address = run === undefined ? await onlyAddress() : await addressOf(run);
  // The token is for that coordinator only: another program may listen at its address by now.
  if (!isAlive(address.pid)) throw gone(address);
  return createCoordinatorClient(address.url, given ?? address.token);
}

async function addressOf(run: string): Promise<CoordinatorAddress> {
  const address = await readAddress(run);
  if (address !== undefined) return address;
  throw new UnreachableError(
    NO_COORDINATOR_HERE,
    `No coordinator of ${run} runs on this machine. Start it, or give its address on another machine with --url.`,
  );
}

async function onlyAddress(): Promise<CoordinatorAddress> {
  const alive = (await readAddresses()).filter(({ pid }) => isAlive(pid));
  const [only] = alive;
  if (only !== undefined && alive.length === 1) return only;
  const runs = alive.map(({ run }) => run);
  throw new BadInputError({
    code: 'ERR_WHICH_RUN',
    problem:
      runs.length === 0
        ? 'No coordinator runs on this machine'
        : `Several runs have a coordinator on this machine: ${runs.join(', ')}`,
    fix:
      runs.length === 0
        ? 'Start one, or give the address of a coordinator on another machine with --url'
        : 'Name one of them with --run',
  });
}

function gone({ run, pid, url }: CoordinatorAddress): UnreachableError {
  return new UnreachableError(
    'ERR_COORDINATOR_GONE',
    `The coordinator of ${run} at ${url} has died (process ${pid}). Start it again.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === '' && url.password === '';
  if (plain && ['http:', 'https:'].includes(url.protocol)) return url.origin;
  throw new BadInputError({
    code: 'ERR_URL',
    problem:
      plain || url === undefined
        ? `${JSON.stringify(text)} is not the URL of a coordinator`
        : 'The URL holds a user or a password, which a coordinator does not take',
    fix: 'Give a URL such as http://localhost:7464',
  });
}
