import { type Command, type CommanderError, InvalidArgumentError, type Option } from 'commander';
import { BadInputError } from '../../protocol/base/errors.js';

/**
 * Makes every flag of `program` and of its commands say in our words what is wrong with its value: parsing throws a
 * {@link BadInputError} (`ERR_USAGE`). For commander says which flag and which value only in a sentence of its own.
 */
export function explainValues(command: Command): void {
  for (const option of command.options) {
    const { parseArg } = option;
    if (parseArg === undefined) continue;
    option.parseArg = (value, previous) => {
      try {
        return parseArg(value, previous);
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        throw badUsage(
          command,
          `${flagOf(option)} must be ${expected(option, error)}, but it is ${quoted(value)}`,
        );
      }
    };
  }
  command.commands.forEach(explainValues);
}

/** Makes help show a list that is a flag's default as a person would type it. */
export function showListedDefaults(command: Command): void {
  for (const option of command.options) {
    const { defaultValue } = option;
    if (Array.isArray(defaultValue)) option.defaultValueDescription ??= defaultValue.join(',') || 'none';
  }
  command.commands.forEach(showListedDefaults);
}

/**
 * Commander's error as one of ours: its code says what is wrong, and the command that was called, where. `argv` is what
 * was typed after the name of the program.
 */
export function explainUsage(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): BadInputError {
  const command = calledCommand(program, argv);
  return badUsage(command, problemOf(error, command, argv), suggestionOf(error));
}

function problemOf({ code, message }: CommanderError, command: Command, argv: readonly string[]): string {
  const { args, options, registeredArguments } = command;
  const name = `\`${fullName(command)}\``;
  switch (code) {
    case 'commander.unknownOption':
      return `${name} has no flag ${quoted(args.find((arg) => arg.startsWith('-')))}`;
    case 'commander.unknownCommand':
      return `${name} has no command ${quoted(args[0])}`;
    case 'commander.missingArgument': {
      const missing = registeredArguments.find(({ required }, i) => required && args[i] === undefined);
      return `${name} needs the argument <${missing?.name()}>`;
    }
    case 'commander.optionMissingArgument':
      // A flag takes the next word, whatever that is: only the last one can miss it.
      return `${argv.at(-1)} needs a value`;
    case 'commander.missingMandatoryOptionValue': {
      const value = (option: Option): unknown => command.getOptionValue(option.attributeName());
      const missing = options.find((option) => option.mandatory && value(option) === undefined);
      return `${name} needs the flag ${missing?.flags}`;
    }
    case 'commander.excessArguments': {
      const most = registeredArguments.length;
      const takes = most === 0 ? 'takes only flags' : `takes ${count(most)}`;
      return `${name} ${takes}, but it got ${most === 0 ? count(args.length) : args.length}`;
    }
    default:
      return `The command line is not valid: ${message.replace(/^error: /, '').replaceAll('\n', ' ')}`;
  }
}

/** What commander suggests stands in brackets on a line of its own, as a question. */
function suggestionOf({ message }: CommanderError): string {
  const [, question] = /\n\((.*\?)\)$/.exec(message) ?? [];
  return question === undefined ? '' : `${question} `;
}

function badUsage(command: Command, problem: string, suggestion = ''): BadInputError {
  const fix = `${suggestion}See \`${fullName(command)} --help\``;
  return new BadInputError({ code: 'ERR_USAGE', problem, fix });
}

/** The command that a command line calls: `models pull` of `atoll models --json pull x`. */
function calledCommand(program: Command, argv: readonly string[]): Command {
  let called = program;
  for (const word of argv.filter((each) => !each.startsWith('-'))) {
    const inner = called.commands.find((command) => command.name() === word);
    if (inner === undefined) return called;
    called = inner;
  }
  return called;
}

/** `atoll models pull`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Our own parsers of flags say `expected a whole number from 1`. */
function expected({ argChoices }: Option, { message }: InvalidArgumentError): string {
  return argChoices === undefined ? message.replace(/^expected /, '') : oneOf(argChoices);
}

/** `--islands`, without what it takes. */
function flagOf({ long, short }: Option): string {
  return long ?? short ?? '';
}

function quoted(text: string | undefined): string {
  return JSON.stringify(text?.replaceAll('\n', ' ') ?? '');
}

function count(number: number): string {
  return `${number} argument${number === 1 ? '' : 's'}`;
}

/** `a, b or c`. */
function oneOf(choices: readonly string[]): string {
  const [last, ...rest] = choices.toReversed();
  return rest.length === 0 ? `${last}` : `${rest.toReversed().join(', ')} or ${last}`;
}
