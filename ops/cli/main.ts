import { type Command, CommanderError } from 'commander';
import { AtollError, BadInputError, messageOf, reasonOf } from '../../protocol/errors.js';
import { createProgram } from './program.js';
import { explainUsage } from './usage.js';

/** Exit code for what should never happen: a bug in Atoll. */
const INTERNAL = 1;
const BAD_INPUT = 2;

/**
 * Runs one command line (without `node` and the script) and returns its exit code:
 * 0 done, 2 bad input, 3 the cluster could not be reached, 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const program = await createProgram(argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(explainSystem(error));
    if (error.exitCode === 0) return 0;
    // A command line that names no command has been shown the help.
    return error.code === 'commander.help' ? BAD_INPUT : fail(explainUsage(error, commandOf(program, argv)));
  }
}

/** Says in one line what went wrong; returns the exit code. */
function fail(error: unknown): number {
  // A path may hold anything, colours and line ends too.
  const message = error instanceof AtollError ? error.message : messageOf(error);
  process.stderr.write(`atoll: ${message.replace(/\p{Cc}+/gu, ' ')}\n`);
  if (error instanceof AtollError) return error.exitCode;
  // Not in the catalogue: say where it came from, since nobody has thought of it yet.
  if (error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return INTERNAL;
}

/** What the system refused us, as a sentence; anything else as it is. */
function explainSystem(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error)) return error;
  return new BadInputError({
    code: 'ERR_SYSTEM',
    expected: `to be able to use ${error.path}`,
    got: reasonOf(error),
    fix: 'check that path and who may read and write it',
    cause: error,
  });
}

/** The command that a command line begins with, in full: `atoll models pull`. */
function commandOf(program: Command, [word, ...rest]: readonly string[]): string {
  const inner = program.commands.find((command) => command.name() === word);
  return inner === undefined ? program.name() : `${program.name()} ${commandOf(inner, rest)}`;
}
