import { type Command, CommanderError } from 'commander';
import { AtollError, BadInputError, reasonOf } from '../../protocol/errors.js';
import { DEFECT, reportDefect } from './defect.js';
import { sayAs } from './output.js';
import { createProgram } from './program.js';
import { explainUsage } from './usage.js';

const BAD_INPUT = 2;

/**
 * Runs one command line (without `node` and the script) and returns its exit code:
 * 0 done, 2 bad input, 3 the cluster could not be reached, 130 interrupted, 1 anything else.
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
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // A command line that names no command has been shown the help.
    if (error.code === 'commander.help') return BAD_INPUT;
    throw explainUsage(error, commandOf(program, argv));
  }
}

/** Says in one line what went wrong; returns the exit code. */
export function fail(error: unknown): number {
  if (error instanceof AtollError) {
    sayAs('error', `atoll: ${error.message}`);
    return error.exitCode;
  }
  reportDefect(error);
  return DEFECT;
}

/** What the system refused us, as a sentence; anything else as it is. */
function explainSystem(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error)) return error;
  return new BadInputError({
    code: 'ERR_SYSTEM',
    problem: `${error.path} cannot be used (${reasonOf(error)})`,
    fix: 'Check the path and its permissions',
    cause: error,
  });
}

/** The command that a command line begins with, in full: `atoll models pull`. */
function commandOf(program: Command, [word, ...rest]: readonly string[]): string {
  const inner = program.commands.find((command) => command.name() === word);
  return inner === undefined ? program.name() : `${program.name()} ${commandOf(inner, rest)}`;
}
