import { CommanderError } from 'commander';
import { AtollError, messageOf } from '../../protocol/errors.js';
import { createProgram } from './program.js';

/** Exit code for what should never happen: a bug in Atoll. */
const INTERNAL = 1;
const BAD_INPUT = 2;

/**
 * Runs one command line (without `node` and the script) and returns its exit code:
 * 0 done, 2 bad input, 3 the cluster could not be reached, 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
      process.stderr.write(`atoll: expected a valid command line, got ${said}; see atoll --help\n`);
      return BAD_INPUT;
    }
    process.stderr.write(`atoll: ${messageOf(error)}\n`);
    if (error instanceof AtollError) return error.exitCode;
    // Not in the catalogue: say where it came from, since nobody has thought of it yet.
    if (error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return INTERNAL;
  }
}
