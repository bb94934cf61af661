import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { guard } from '../guard.js';
import { ATOLL } from './atoll.js';

/** A running command, what it has said so far on both streams, and the exit code that it will have. */
export interface Running {
  readonly child: ChildProcess;
  readonly output: { text: string };
  readonly exit: Promise<number | null>;
}

/** Starts `atoll ARGS` with these variables added to the environment. */
export function start(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Running {
  return startProgram(process.execPath, [ATOLL, ...args], { env: { ...process.env, ...environment } });
}

/** Starts any program. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Running {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  guard(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output.text += String(chunk);
    });
  }
  return { child, output, exit: once(child, 'close').then(([code]) => code as number | null) };
}

/** Resolves when it has said the words; rejects when it ends without. */
export async function untilSaid({ output, exit }: Running, words: string | RegExp): Promise<void> {
  let over = false;
  void exit.then(() => {
    over = true;
  });
  while (output.text.search(words) < 0) {
    if (over) throw new Error(`expected ${words}, got ${output.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Ends what still runs. */
export async function endAll(processes: readonly Running[]): Promise<void> {
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.map(({ exit }) => exit));
}

/** Children of a process, by the kernel's own book. */
export async function childrenOf(pid: number): Promise<number[]> {
  return (await ps('pid=', '--ppid', String(pid)))
    .split('\n')
    .map(Number)
    .filter((child) => child > 0);
}

/** Until a process has ended; one that nobody has buried yet (a zombie) has. */
export async function untilGone(pid: number): Promise<void> {
  while (/^[^Z]/.test((await ps('stat=', '-p', String(pid))).trim())) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function ps(columns: string, ...which: readonly string[]): Promise<string> {
  const listing = spawn('ps', ['-o', columns, ...which], { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: string[] = [];
  listing.stdout.on('data', (chunk) => chunks.push(String(chunk)));
  await once(listing, 'close');
  return chunks.join('');
}
