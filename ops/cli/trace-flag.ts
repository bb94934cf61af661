import type { Command } from 'commander';
import { traceInto } from '../../protocol/base/trace.js';
import { say } from './output.js';

/** `--trace` or `ATOLL_TRACE=1`: errors that Atoll passes over are said too, in child processes as well. */

const VARIABLE = 'ATOLL_TRACE';

/** The flag of the whole command line, before or after the name of a command. */
export function addTraceFlag(program: Command): void {
  program
    .option('--trace', `say which errors are passed over, and why (also ${VARIABLE}=1)`)
    .hook('preAction', () => {
      if (program.opts<{ readonly trace?: boolean }>().trace) process.env[VARIABLE] = '1';
      inheritTrace();
    });
}

/** Traces where the environment says so. */
export function inheritTrace(): void {
  const value = process.env[VARIABLE] ?? '';
  const off = ['', '0', 'false'].includes(value);
  traceInto(off ? undefined : (doing, reason) => say(`trace: ${doing}: ${reason}`));
}
