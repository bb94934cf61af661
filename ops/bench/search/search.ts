import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BadInputError, InterruptedError } from '../../../protocol/base/errors.js';
import type { KeptTrials } from './kept-trials.js';
import type { Trial } from './trial.js';
import type { TrialNews, TrialOrder } from './trial-order.js';

/** Starts a process that does a trial. */
export type StartTrial = (order: TrialOrder) => Pick<ChildProcess, 'on' | 'kill'>;

const MAIN = new URL('./trial-child.js', import.meta.url);

export const startTrial: StartTrial = (order) =>
  fork(fileURLToPath(MAIN), [JSON.stringify(order)], {
    serialization: 'advanced',
    // Standard output belongs to the command's own result.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

/**
 * Does all trials, `jobs` at a time, each in a process of its own; those that are kept are not done again. Rejects with an
 * {@link InterruptedError} when the signal is aborted, and with a {@link BadInputError} for what the first trial that fails
 * could not do; the others that are under way end then. Whatever was done is kept.
 */
export async function doTrials(parts: {
  readonly orders: readonly TrialOrder[];
  /** SHA-256 of the model. */
  readonly model: string;
  readonly kept: KeptTrials;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly start?: StartTrial;
  /** Trials done, and forward passes of those under way. */
  readonly onProgress: (done: number, cost: number) => void;
}): Promise<Trial[]> {
  const { orders, model, kept, jobs, signal, start = startTrial, onProgress } = parts;
  const trials: Trial[] = [];
  const underway = new Map<TrialOrder, number>();
  const failure = new AbortController();
  const ending = AbortSignal.any([signal, failure.signal]);
  const waiting = [...orders];

  const tellProgress = () =>
    onProgress(
      trials.length,
      [...underway.values()].reduce((a, b) => a + b, 0),
    );

  async function trialOf(order: TrialOrder): Promise<Trial> {
    const { arm, seed, cost, version } = order;
    const before = await kept.find({ arm, seed, cost, version, model });
    if (before) return before;
    // It may have been aborted meanwhile: a process that is started after that would not hear of it.
    ending.throwIfAborted();
    underway.set(order, 0);
    try {
      const trial = await runOne(order, start, ending, (cost) => {
        underway.set(order, cost);
        tellProgress();
      });
      await kept.keep(trial);
      return trial;
    } finally {
      underway.delete(order);
    }
  }

  async function work(): Promise<void> {
    for (let order = waiting.shift(); order !== undefined && !ending.aborted; order = waiting.shift()) {
      trials.push(await trialOf(order));
      tellProgress();
    }
  }

  const workers = Array.from({ length: Math.min(jobs, orders.length) }, () =>
    // Of several errors the first is the reason: the others are those of trials that were ended by it.
    work().catch((error: unknown) => failure.abort(error)),
  );
  await Promise.all(workers);
  if (signal.aborted) throw new InterruptedError('Interrupted. What was done is kept.');
  failure.signal.throwIfAborted();
  return trials;
}

function runOne(
  order: TrialOrder,
  start: StartTrial,
  signal: AbortSignal,
  onProgress: (cost: number) => void,
): Promise<Trial> {
  return new Promise((resolve, reject) => {
    const child = start(order);
    const end = () => child.kill();
    signal.addEventListener('abort', end, { once: true });
    child.on('message', (news: TrialNews) => {
      switch (news.type) {
        case 'progress':
          onProgress(news.cost);
          break;
        case 'done':
          resolve(news.trial);
          break;
        case 'failed':
          reject(failed(order, news.problem));
          break;
      }
    });
    child.on('error', reject);
    child.on('exit', (code, killed) => {
      signal.removeEventListener('abort', end);
      // Too late where it has told how it ended.
      reject(failed(order, `its process ended (${killed ?? `exit code ${code}`})`));
    });
  });
}

function failed({ arm, seed }: TrialOrder, problem: string): BadInputError {
  return new BadInputError({
    code: 'ERR_TRIAL',
    problem: `${arm}, seed ${seed}: ${problem}`,
    fix: 'Leave the arm out, or call it again: what was done is kept',
  });
}
