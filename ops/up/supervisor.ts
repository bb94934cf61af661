import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processChannel } from '../../protocol/transport/local/channel.js';
import type { LocalHub } from '../../protocol/transport/local/hub.js';

/** What happens to the worker processes, for whoever tells the operator. */
export type WorkerEvent =
  | { readonly type: 'started'; readonly worker: string; readonly pid: number }
  | { readonly type: 'finished'; readonly worker: string }
  /** It died and will be started again after `delayMs`. */
  | { readonly type: 'died'; readonly worker: string; readonly how: string; readonly delayMs: number }
  /** It is not started again: its input was bad, or it died too often. */
  | { readonly type: 'gave-up'; readonly worker: string; readonly how: string };

export interface Supervisor {
  /** Process ids of the workers that run now. */
  readonly pids: readonly number[];
  /** Stops restarting; resolves when every worker has exited, killing those that outlast `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** A worker that lived this long was well: its earlier deaths are forgiven. */
const FORGIVE_MS = 60_000;
const FIRST_DELAY_MS = 250;
const MAX_DEATHS = 6;

/** Exit code of a worker whose input was bad: starting it again cannot help. */
const BAD_INPUT = 2;

/** Forks `count` workers, attaches them to the hub, and starts again those that die. */
export function superviseWorkers(
  count: number,
  hub: LocalHub,
  onEvent: (event: WorkerEvent) => void,
): Supervisor {
  const main = fileURLToPath(new URL('../../worker/main.js', import.meta.url));
  const children = new Set<ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;

  function start(worker: string, deaths: number): void {
    const startedAt = Date.now();
    const child = fork(main, [worker], {
      serialization: 'advanced',
      // Standard output belongs to the command's own result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.add(child);
    hub.attach(processChannel(child));
    if (child.pid !== undefined) onEvent({ type: 'started', worker, pid: child.pid });

    let over = false;
    const ended = (code: number | null, how: string) => {
      if (over) return;
      over = true;
      children.delete(child);
      if (code === 0) {
        onEvent({ type: 'finished', worker });
        return;
      }
      const count = Date.now() - startedAt > FORGIVE_MS ? 1 : deaths + 1;
      if (stopping) return;
      if (code === BAD_INPUT || count >= MAX_DEATHS) {
        onEvent({ type: 'gave-up', worker, how });
        return;
      }
      const delayMs = FIRST_DELAY_MS * 2 ** (count - 1);
      onEvent({ type: 'died', worker, how, delayMs });
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(worker, count);
      }, delayMs);
      timers.add(timer);
    };
    child.once('exit', (code, signal) =>
      ended(code, signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
    child.once('error', (error) => ended(null, error.message));
  }

  for (let i = 0; i < count; i++) start(`worker-${i}`, 0);

  return {
    get pids() {
      return [...children].flatMap(({ pid }) => pid ?? []);
    },
    async stop(graceMs) {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      const killer = setTimeout(() => {
        for (const child of children) child.kill('SIGKILL');
      }, graceMs);
      await Promise.all(
        [...children].map(
          (child) =>
            new Promise<void>((resolve) => {
              if (child.exitCode !== null || child.signalCode !== null) resolve();
              else child.once('exit', () => resolve());
            }),
        ),
      );
      clearTimeout(killer);
    },
  };
}
