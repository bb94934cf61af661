import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../../protocol/base/exit-codes.js';
import type { Told } from '../cli/output.js';

/** What happens to child processes, as the operator is told. */
export type ChildEvent =
  /** It is done, or was told to leave. */
  | { readonly type: 'finished'; readonly child: string }
  /** It died and will be started again after `delayMs`. */
  | { readonly type: 'died'; readonly child: string; readonly how: string; readonly delayMs: number }
  /** It is not started again: its input was bad, or it died too often. */
  | { readonly type: 'gave-up'; readonly child: string; readonly how: string }
  /** It died after {@link Supervisor.retire}. */
  | { readonly type: 'ended'; readonly child: string; readonly how: string };

export interface Supervisor {
  /** Resolves when no child runs, and none will be started again. */
  readonly done: Promise<void>;
  /** Starts no child again that dies from now on. */
  retire(): void;
  /** As {@link retire}; resolves when every child has exited, killing those that outlast `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** A child that lived this long was well: its earlier deaths are forgiven. */
const FORGIVE_MS = 60_000;
const FIRST_DELAY_MS = 250;
const MAX_DEATHS = 6;

/** Of a child that is done, and of one that was told to leave. */
const FINISHED: readonly (number | null)[] = [EXIT.done, EXIT.interrupted];

/**
 * Forks a process of the module `main` for every child, by its name, with its arguments; and starts again those that
 * die, under the same name. The parent speaks with them over their pipes, which break when it dies.
 */
export function superviseChildren(parts: {
  readonly main: URL;
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Called with each process as it is started. */
  readonly onStart: (process: ChildProcess, child: string) => void;
  readonly onEvent: (event: ChildEvent) => void;
}): Supervisor {
  const { main, children, onStart, onEvent } = parts;
  const running = new Set<ChildProcess>();
  /** Children that wait to be started again, by their timers. */
  const waiting = new Set<NodeJS.Timeout>();
  let retired = false;
  let stopping = false;
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });

  function finishIfOver(): void {
    if (running.size === 0 && waiting.size === 0) finish();
  }

  function start(child: string, args: readonly string[], deaths: number): void {
    const startedAt = Date.now();
    const process = fork(fileURLToPath(main), [...args], {
      serialization: 'advanced',
      // Standard output belongs to the command's own result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(process);
    onStart(process, child);

    let over = false;
    const ended = (code: number | null, how: string) => {
      if (over) return;
      over = true;
      running.delete(process);
      settle(code, how);
      finishIfOver();
    };
    const settle = (code: number | null, how: string) => {
      if (FINISHED.includes(code)) {
        onEvent({ type: 'finished', child });
        return;
      }
      if (stopping) return;
      if (retired) {
        onEvent({ type: 'ended', child, how });
        return;
      }
      const count = Date.now() - startedAt > FORGIVE_MS ? 1 : deaths + 1;
      if (code === EXIT.badInput || count >= MAX_DEATHS) {
        onEvent({ type: 'gave-up', child, how });
        return;
      }
      const delayMs = FIRST_DELAY_MS * 2 ** (count - 1);
      onEvent({ type: 'died', child, how, delayMs });
      const timer = setTimeout(() => {
        waiting.delete(timer);
        start(child, args, count);
      }, delayMs);
      waiting.add(timer);
    };
    process.once('exit', (code, signal) =>
      ended(code, signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
    process.once('error', (error) => ended(null, error.message));
  }

  for (const [child, args] of children) start(child, args, 0);

  function retire(): void {
    retired = true;
    for (const timer of waiting) clearTimeout(timer);
    waiting.clear();
    finishIfOver();
  }

  return {
    done,
    retire,
    async stop(graceMs) {
      stopping = true;
      retire();
      const killer = setTimeout(() => {
        for (const process of running) process.kill('SIGKILL');
      }, graceMs);
      await done;
      clearTimeout(killer);
    },
  };
}

type Death = Extract<ChildEvent, { readonly type: 'died' | 'gave-up' }>;

/** What the operator's log tells of it beside the sentence. */
export function figuresOf(event: Death): Told {
  const { child: worker, how } = event;
  return event.type === 'died'
    ? { event: 'process-died', worker, how, restartSeconds: event.delayMs / 1000 }
    : { event: 'process-given-up', worker, how };
}

/** A sentence for the operator. */
export function describeEvent(event: Death): string {
  switch (event.type) {
    case 'died':
      return `${event.child} died (${event.how}); starting it again in ${event.delayMs} ms`;
    case 'gave-up':
      return `${event.child} could not work (${event.how}) and is not started again`;
  }
}
