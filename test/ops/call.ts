import { vi } from 'vitest';
import { main } from '../../ops/main.js';
import type { Ran } from './atoll.js';

/** Runs `atoll ARGS` within this process, which saves its start; one at a time, since there is one standard output. */
export async function callAtoll(args: readonly string[]): Promise<Ran> {
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  try {
    const code = await main(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.release();
    stderr.release();
  }
}

function capture(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const chunks: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  return { text: () => chunks.join(''), release: () => spy.mockRestore() };
}
