import { type Command, CommanderError } from 'commander';
import { AtollError, BadInputError, codeOf, DiskFullError, reasonOf } from '../protocol/base/errors.js';
import { EXIT } from '../protocol/base/exit-codes.js';
import { reportDefect } from './cli/defect.js';
import { say } from './cli/output.js';
import { explainUsage } from './cli/usage.js';
import { createProgram } from './program.js';

/**
 * Runs one command line (without `node` and the script) and returns its exit code: see {@link EXIT}.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(argv);
    return await run(program, argv);
  } catch (error) {
    return fail(explainSystem(error));
  }
}

async function run(program: Command, argv: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    // A command line that names no command has been shown the help.
    if (error.code === 'commander.help') return EXIT.badInput;
    throw explainUsage(error, program, argv);
  }
}

/** Says in one line what went wrong; returns the exit code. */
export function fail(error: unknown): number {
  if (error instanceof AtollError) {
    say(`atoll: ${error.message}`, { event: 'error', code: error.code, exitCode: error.exitCode }, 'error');
    return error.exitCode;
  }
  reportDefect(error);
  return EXIT.failed;
}

/** What the system refused us, as a sentence; anything else as it is. */
function explainSystem(error: unknown): unknown {
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) {
    const where = error instanceof Error && 'path' in error ? ` (${error.path})` : '';
    return new DiskFullError(`The disk is full${where}`, 'Free some space and try again', error);
  }
  if (!(error instanceof Error && 'syscall' in error && 'path' in error)) return error;
  return new BadInputError({
    code: 'ERR_SYSTEM',
    problem: `${error.path} cannot be used (${reasonOf(error)})`,
    fix: 'Check the path and its permissions',
    cause: error,
  });
}
