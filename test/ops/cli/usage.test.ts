import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { count } from '../../../ops/cli/numbers.js';
import { explainUsage, explainValues } from '../../../ops/cli/usage.js';
import { createProgram } from '../../../ops/program.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import { callAtoll } from '../call.js';

/** What commander throws for a command line, said in our words. */
async function complaint(...argv: readonly string[]): Promise<string> {
  const program = new Command('atoll').showSuggestionAfterError().exitOverride();
  program.configureOutput({ outputError: () => {} });
  program
    .command('fly')
    .copyInheritedSettings(program)
    .argument('<where>')
    .addOption(new Option('--by <wings>').choices(['two', 'four', 'six']))
    .option('--times <n>', 'how often', count)
    .action(() => {});
  const land = program.command('land').copyInheritedSettings(program).option('--softly');
  land
    .command('there')
    .copyInheritedSettings(program)
    .requiredOption('--on <legs>', 'on what', count)
    .action(() => {});
  explainValues(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return explainUsage(error, program, argv).message;
    if (error instanceof BadInputError) return error.message;
    throw error;
  }
  return '';
}

describe('a wrong command line is explained in two sentences', () => {
  it.each<[string[], string]>([
    [
      ['fly', 'home', '--by', 'one'],
      '--by must be two, four or six, but it is "one". See `atoll fly --help`.',
    ],
    [
      ['fly', 'home', '--times', '0'],
      '--times must be a whole number from 1, but it is "0". See `atoll fly --help`.',
    ],
    [['fly', 'home', '--by'], '--by needs a value. See `atoll fly --help`.'],
    [['fly'], '`atoll fly` needs the argument <where>. See `atoll fly --help`.'],
    [
      ['fly', 'home', '--tims', '1'],
      '`atoll fly` has no flag "--tims". Did you mean --times? See `atoll fly --help`.',
    ],
    [['fly', 'home', 'now'], '`atoll fly` takes 1 argument, but it got 2. See `atoll fly --help`.'],
    [['flee'], '`atoll` has no command "flee". Did you mean fly? See `atoll --help`.'],
    [['land', 'there'], '`atoll land there` needs the flag --on <legs>. See `atoll land there --help`.'],
    [
      ['land', '--softly', 'there', '--on', '2', '-x', '-y'],
      '`atoll land there` has no flag "-x". See `atoll land there --help`.',
    ],
    [
      ['land', 'there', '--on', '2', 'now'],
      '`atoll land there` takes only flags, but it got 1 argument. See `atoll land there --help`.',
    ],
    [
      ['fly', 'a', '--by', "it's\n'b'"],
      `--by must be two, four or six, but it is "it's 'b'". See \`atoll fly --help\`.`,
    ],
  ])('%j', async (argv, sentence) => {
    expect(await complaint(...argv)).toBe(sentence);
  });
});

describe('the command line', () => {
  it('lists every command with what it does, and loads the one that is called', async () => {
    const names = (await createProgram([])).commands.map((each) => each.name());
    const list = (await callAtoll(['--help'])).stdout;
    for (const name of names) {
      expect(list).toMatch(new RegExp(`^  ${name} .*[a-z]`, 'm'));
      for (const line of [[name], ['help', name]]) {
        const program = await createProgram(line);
        expect(program.commands.map((each) => each.name())).toEqual(names);
        expect(program.commands.find((each) => each.name() === name)?.options.length).toBeGreaterThan(0);
      }
      expect((await callAtoll(['help', name])).stdout).toBe((await callAtoll([name, '--help'])).stdout);
    }
  });

  it('explains every flag of every command in its help, with defaults as they are typed, and prints its version', async () => {
    const visit = async (command: Command, words: readonly string[]): Promise<void> => {
      const { code, stdout } = await callAtoll([...words, '--help']);
      expect(code).toBe(0);
      // Neither lists as JSON nor two of them.
      expect(stdout).not.toMatch(/default:\s+\[|\(default:[^)]*\)\s+\(default:/);
      for (const { long, description } of command.options) {
        expect(stdout, `${words.join(' ')} ${long}`).toContain(long);
        expect(description).not.toBe('');
      }
      for (const inner of command.commands) await visit(inner, [...words, inner.name()]);
    };
    for (const name of (await createProgram([])).commands.map((each) => each.name())) {
      const command = (await createProgram([name])).commands.find((each) => each.name() === name);
      if (command) await visit(command, [name]);
    }
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await callAtoll(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('has every command that the README and its page of experiments show, and no other', async () => {
    const pages = ['README.md', 'ops/docs/experiments.md'];
    const text = pages
      .map((page) => readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8'))
      .join('\n');
    const names = (await createProgram([])).commands.map((command) => command.name());
    const shown = [...text.matchAll(/npx atoll ([a-z]+)/g)].map(([, name = '']) => name);
    expect(shown.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => name !== 'runs' && !shown.includes(name))).toEqual([]);
  });
});
