import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InterruptedError } from '../../protocol/base/errors.js';
import type { RunReport } from '../run/report.js';

/** One run done twice: by `atoll up`, and by a coordinator and workers on a broker of the same machine. */
export interface ClusterPair {
  readonly seed: number;
  readonly up: RunReport;
  readonly cluster: RunReport;
}

export interface ClusterRequest {
  readonly server: string;
  /** What fixes a run beside its name and seed, as flags of `atoll up` and `atoll coordinator`. */
  readonly flags: readonly string[];
  readonly islands: number;
  readonly seed: number;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

const ATOLL = fileURLToPath(new URL('../atoll.js', import.meta.url));

/** Does a run both ways, one after the other; which comes first alternates with the seed, since machines drift. */
export async function benchCluster(request: ClusterRequest): Promise<ClusterPair> {
  const { seed } = request;
  if (seed % 2 === 1) {
    const up = await runUp(request);
    return { seed, up, cluster: await runCluster(request) };
  }
  const cluster = await runCluster(request);
  return { seed, up: await runUp(request), cluster };
}

async function runUp({ flags, islands, seed, directory, signal, onProgress }: ClusterRequest) {
  onProgress(`seed ${seed}: atoll up`);
  const run = ['--name', `up-${seed}`, '--runs', directory, '--islands', `${islands}`, '--seed', `${seed}`];
  const up = start(['up', ...run, ...flags, '--http', 'off', '--json'], signal);
  return reportOf(await up.output);
}

async function runCluster({ server, flags, islands, seed, directory, signal, onProgress }: ClusterRequest) {
  onProgress(`seed ${seed}: atoll coordinator and ${islands} workers`);
  const place = ['--nats', server, '--run', `cluster-${seed}-${process.pid}`];
  const run = ['--runs', directory, '--islands', `${islands}`, '--seed', `${seed}`];
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const coordinator = start(['coordinator', ...place, ...run, ...flags, '--http', 'off', '--json'], either);
  const workers = Array.from({ length: islands }, (_, i) =>
    start(['worker', ...place, '--name', `worker-${i}`], either),
  );
  try {
    const [output] = await Promise.all([coordinator.output, ...workers.map((worker) => worker.output)]);
    return reportOf(output ?? '');
  } catch (error) {
    // Workers would wait for a coordinator for ever.
    failure.abort();
    throw error;
  }
}

/** A command of ours; `output` resolves to what it printed, and rejects when it failed. */
function start(args: readonly string[], signal: AbortSignal): { readonly output: Promise<string> } {
  const child = spawn(process.execPath, [ATOLL, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  return {
    output: outputOf(child, args[0] ?? '', signal).finally(() => signal.removeEventListener('abort', stop)),
  };
}

async function outputOf(child: ChildProcess, command: string, signal: AbortSignal): Promise<string> {
  const [output, said]: [string[], string[]] = [[], []];
  child.stdout?.on('data', (chunk) => output.push(String(chunk)));
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (signal.aborted) throw new InterruptedError('Interrupted. Nothing was measured, and no file is left.');
  if (code !== 0) throw new Error(`atoll ${command} failed: ${said.join('').trim()}`);
  return output.join('');
}

/** The last line of a command's output, which is its result. */
function reportOf(output: string): RunReport {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}
