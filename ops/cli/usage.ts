import type { CommanderError } from 'commander';
import { BadInputError } from '../../protocol/errors.js';

/**
 * Commander's error as one of ours. `command` is the command that was called, e.g. `atoll up`. Commander says by its code
 * what is wrong, but which flag and which value only in its message, from where they are taken.
 */
export function explainUsage({ code, message }: CommanderError, command: string): BadInputError {
  const said = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, suggestion] = /\(Did you mean (.*)\?\)$/.exec(said) ?? [];
  const help = `\`${command} --help\``;
  const fix = suggestion === undefined ? `See ${help}` : `Did you mean ${suggestion}? See ${help}`;
  return new BadInputError({ code: 'ERR_USAGE', problem: problemOf(code, said, command), fix });
}

function problemOf(code: string, said: string, command: string): string {
  const [, named = ''] = /'(.*?)'/.exec(said) ?? [];
  switch (code) {
    case 'commander.unknownOption':
      return `\`${command}\` has no flag ${JSON.stringify(named)}`;
    case 'commander.unknownCommand':
      return `\`${command}\` has no command ${JSON.stringify(named)}`;
    case 'commander.missingArgument':
      return `\`${command}\` needs the argument <${named}>`;
    case 'commander.optionMissingArgument':
      return `${flagOf(named)} needs a value`;
    case 'commander.missingMandatoryOptionValue':
      return `\`${command}\` needs the flag ${named}`;
    case 'commander.excessArguments':
      return tooMany(said, command);
    case 'commander.invalidArgument':
      return invalid(said);
    default:
      return `The command line is not valid: ${said}`;
  }
}

function tooMany(said: string, command: string): string {
  const [, wanted = '0', given = ''] = /Expected (\d+) arguments? but got (\d+)/.exec(said) ?? [];
  if (wanted === '0') return `\`${command}\` takes only flags, but it got ${count(given)}`;
  return `\`${command}\` takes ${count(wanted)}, but it got ${given}`;
}

function count(number: string): string {
  return `${number} argument${number === '1' ? '' : 's'}`;
}

/** Our own parsers of flags say `expected a whole number from 1`; commander lists the choices. */
function invalid(said: string): string {
  const [, flags = '', given = '', wanted = ''] =
    /^option '([^']*)' argument '(.*)' is invalid\. (.*)$/.exec(said) ?? [];
  const [, choices] = /^Allowed choices are (.*)\.$/.exec(wanted) ?? [];
  const good = choices === undefined ? wanted.replace(/^expected /, '') : oneOf(choices);
  return `${flagOf(flags)} must be ${good}, but it is ${JSON.stringify(given)}`;
}

/** `--islands <n>` without what it takes. */
function flagOf(flags: string): string {
  return flags.replace(/ <.*/, '');
}

/** `a, b, c` as `a, b or c`. */
function oneOf(choices: string): string {
  return choices.replace(/, ([^,]*)$/, ' or $1');
}
