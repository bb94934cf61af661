import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { guard } from '../guard.js';

/** The real command line, as `npm test` has just built it. */
export const ATOLL = fileURLToPath(new URL('../../dist/ops/atoll.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export type Started = ChildProcess & {
  /** What it has said on standard error so far. */
  said(): string;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
};

/** Starts `atoll ARGS`; its standard output is read away. */
export function startAtoll(args: readonly string[], cwd?: string): Started {
  const child = spawn(process.execPath, [ATOLL, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  });
  guard(child);
  const said: string[] = [];
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  child.stdout.resume();
  // From the start: a test that asks only later could miss it.
  const ended = once(child, 'exit').then(([code]): number | null => code);
  return Object.assign(child, { said: () => said.join(''), ended });
}

/** Runs `atoll ARGS` to its end. */
export async function runAtoll(args: readonly string[], cwd?: string): Promise<Ran> {
  const child = startAtoll(args, cwd);
  const stdout: string[] = [];
  child.stdout?.on('data', (chunk) => stdout.push(String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout.join(''), stderr: child.said() };
}
