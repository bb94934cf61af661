import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { guard } from './guard.js';

/** A real process that runs a module of test/children, to be killed. */
export interface Child {
  readonly process: ChildProcess;
  /** Every line that it printed so far. */
  readonly lines: string[];
  /** Resolves with the first line that starts so; rejects when the process ends first. */
  line(start: string): Promise<string>;
  /** kill -9; resolves when it is dead and all that it printed is read. */
  kill(): Promise<void>;
}

/** The child outlives neither {@link Child.kill} nor the test that starts it. */
export function startChild(module: string, ...parameters: readonly string[]): Child {
  const folder = join(import.meta.dirname, 'children');
  const child = spawn(
    process.execPath,
    [join(folder, 'run-typescript.mjs'), join(folder, module), ...parameters],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  guard(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  let over = false;
  const ended = once(reader, 'close').then(() => {
    over = true;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    process: child,
    lines,
    async line(start) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start));
        if (found !== undefined) return found;
        if (over) throw new Error(`the child ended without printing ${start}`);
        await Promise.race([once(reader, 'line'), ended]);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
