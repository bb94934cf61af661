import type { CommanderError } from 'commander';
import { BadInputError } from '../../protocol/errors.js';

/** How commander says what is wrong with a command line, and the same as two clauses of our sentence. */
const CLAUSES: readonly [
  RegExp,
  (...found: string[]) => { readonly expected: string; readonly got: string },
][] = [
  [
    /^option '([^']*)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/,
    (flags, given, choices) => ({ expected: `${oneOf(choices)} after ${flagOf(flags)}`, got: quote(given) }),
  ],
  [
    /^option '([^']*)' argument '(.*)' is invalid\. expected (.*)$/,
    (flags, given, wanted) => ({ expected: `${wanted} after ${flagOf(flags)}`, got: quote(given) }),
  ],
  [
    /^option '([^']*)' argument missing$/,
    (flags) => ({ expected: `a value after ${flagOf(flags)}`, got: 'none' }),
  ],
  [/^missing required argument '(.*)'$/, (name) => ({ expected: `the argument <${name}>`, got: 'none' })],
  [
    /^unknown (option|command) '(.*?)'(?: \(Did you mean (.*)\?\))?$/,
    (kind, given, close) => ({
      expected: `a ${kind === 'option' ? 'flag' : 'command'} that Atoll knows${close ? ` (${close}?)` : ''}`,
      got: quote(given),
    }),
  ],
  [
    /^too many arguments.* Expected (\d+) arguments? but got (\d+)\.$/,
    (wanted, given) => ({
      expected: wanted === '0' ? 'no arguments but flags' : `${wanted} argument${wanted === '1' ? '' : 's'}`,
      got: given,
    }),
  ],
];

/** Commander's error as one of ours. `command` is what `--help` is asked of, e.g. `atoll up`. */
export function explainUsage(error: CommanderError, command: string): BadInputError {
  const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const fix = `see ${command} --help`;
  for (const [pattern, clauses] of CLAUSES) {
    const found = pattern.exec(said);
    if (found !== null) return usageError({ ...clauses(...found.slice(1)), fix });
  }
  return usageError({ expected: 'a valid command line', got: said, fix });
}

function usageError(clauses: { readonly expected: string; readonly got: string; readonly fix: string }) {
  return new BadInputError({ code: 'ERR_USAGE', ...clauses });
}

/** `--islands <n>` without what it takes. */
function flagOf(flags = ''): string {
  return flags.replace(/ <.*/, '');
}

function quote(given = ''): string {
  return JSON.stringify(given);
}

/** `a, b, c` as `a, b or c`. */
function oneOf(choices = ''): string {
  return choices.replace(/, ([^,]*)$/, ' or $1');
}
