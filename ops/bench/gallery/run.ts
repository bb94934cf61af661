import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A run of `atoll up` that does not end by itself, in a process of its own. */
export interface BenchedRun {
  readonly url: string;
  stop(): Promise<void>;
}

const ATOLL = fileURLToPath(new URL('../../atoll.js', import.meta.url));

/** Resolves when the run is shown; rejects when it ends before, with what it said. */
export async function startRun(
  flags: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<BenchedRun> {
  const args = ['up', '--runs', directory, '--http', '127.0.0.1:0', '--evaluations', '1000000000', ...flags];
  const child = spawn(process.execPath, [ATOLL, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
      const [, found] = /^watch it at (\S+)$/m.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`atoll up failed: ${said.trim()}`)));
  });
  return { url, stop };
}
