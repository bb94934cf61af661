import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { guard } from '../guard.js';
import { ATOLL } from '../ops/atoll.js';

/** How a process ended by itself. */
export interface Ending {
  readonly name: string;
  readonly code: number | null;
  /** The end of what it said on standard error. */
  readonly said: string;
}

/** An `atoll` process that is started again whenever it ends, as by a supervisor, until it is told to be done. */
export interface Supervised {
  readonly name: string;
  readonly alive: boolean;
  /** The end of what it has said on standard error since it started last. */
  readonly said: string;
  /** Starts it, or does nothing when it runs. */
  start(): void;
  /** `kill -9`; it stays dead until it is started. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** It may end now and stay so: resolves with its exit code. Kills it, and says so, when it takes too long. */
  finish(milliseconds: number): Promise<number | null | 'killed'>;
  /** Bytes of memory, at the most that was seen. */
  readonly peakBytes: number;
  /** Milliseconds for which it could have run since it started, and other processes had all the cores. */
  readonly queued: number;
}

const RESTART_MS = 300;
const SAID_CHARACTERS = 2000;
const WATCH_MS = 250;

export function supervise(parts: {
  readonly name: string;
  /** What follows `atoll`; asked at every start. */
  readonly args: () => readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Where there are few cores, those that evolve leave some to the others. */
  readonly nice?: number;
  readonly onStart?: () => void;
  readonly onEnd: (ending: Ending) => void;
}): Supervised {
  const { name } = parts;
  let child: ChildProcess | undefined;
  let wanted = false;
  let peakBytes = 0;
  let said = '';
  let exit: Promise<number | null> = Promise.resolve(null);
  let again: NodeJS.Timeout | undefined;
  const watching = setInterval(() => {
    if (child?.pid !== undefined) peakBytes = Math.max(peakBytes, residentBytes(child.pid));
  }, WATCH_MS);

  function start(): void {
    clearTimeout(again);
    wanted = true;
    if (child !== undefined) return;
    const started = spawn(process.execPath, [ATOLL, ...parts.args()], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: parts.environment,
    });
    child = started;
    guard(started);
    if (parts.nice !== undefined && started.pid !== undefined) setPriority(started.pid, parts.nice);
    said = '';
    started.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-SAID_CHARACTERS);
    });
    parts.onStart?.();
    exit = once(started, 'close').then(([code]) => {
      if (child === started) child = undefined;
      if (wanted) {
        parts.onEnd({ name, code: code as number | null, said });
        again = setTimeout(() => wanted && start(), RESTART_MS);
      }
      return code as number | null;
    });
  }

  async function kill(): Promise<void> {
    wanted = false;
    clearTimeout(again);
    child?.kill('SIGKILL');
    await exit;
  }

  return {
    name,
    get alive() {
      return child !== undefined;
    },
    get said() {
      return said;
    },
    get peakBytes() {
      return peakBytes;
    },
    get queued() {
      return child?.pid === undefined ? 0 : queuedMilliseconds(child.pid);
    },
    start,
    kill,
    signal: (signal) => void child?.kill(signal),
    async finish(milliseconds) {
      wanted = false;
      clearTimeout(again);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'killed'>((resolve) => {
        timer = setTimeout(() => resolve('killed'), milliseconds);
      });
      const code = await Promise.race([exit, late]);
      clearTimeout(timer);
      clearInterval(watching);
      if (code === 'killed') await kill();
      return code;
    },
  };
}

/** How long the main thread of a process has waited for a core; 0 when it is gone, or where there is no /proc. */
function queuedMilliseconds(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** What a process has in memory; 0 when it is gone, or where there is no /proc. */
function residentBytes(pid: number): number {
  try {
    const [kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.slice(1) ?? [];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}
