import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { count } from '../../../ops/cli/numbers.js';
import { createProgram } from '../../../ops/cli/program.js';
import { explainUsage } from '../../../ops/cli/usage.js';
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
    .requiredOption('--far', 'how far', true)
    .action(() => {});
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    return explainUsage(error as Parameters<typeof explainUsage>[0], 'atoll fly').message;
  }
  return '';
}

describe('a wrong command line is explained in one sentence', () => {
  it.each<[string[], string]>([
    [['fly', 'home', '--by', 'one'], 'expected two, four or six after --by, got "one"; see atoll fly --help'],
    [
      ['fly', 'home', '--times', '0'],
      'expected a whole number from 1 after --times, got "0"; see atoll fly --help',
    ],
    [['fly', 'home', '--by'], 'expected a value after --by, got none; see atoll fly --help'],
    [['fly'], 'expected the argument <where>, got none; see atoll fly --help'],
    [
      ['fly', 'home', '--tims', '1'],
      'expected a flag that Atoll knows (--times?), got "--tims"; see atoll fly --help',
    ],
    [['fly', 'home', 'now'], 'expected 1 argument, got 2; see atoll fly --help'],
    [['flee'], 'expected a command that Atoll knows (fly?), got "flee"; see atoll fly --help'],
    [
      ['fly', 'a', '--by', "it's\n'b'"],
      `expected two, four or six after --by, got "it's 'b'"; see atoll fly --help`,
    ],
  ])('%j', async (argv, sentence) => {
    expect(await complaint(...argv)).toBe(sentence);
  });
});

describe('the command line', () => {
  it('is the same whether one command is loaded or all', async () => {
    const all = await createProgram([]);
    for (const command of all.commands) {
      const one = await createProgram([command.name()]);
      expect(one.commands.map((each) => each.name())).toEqual([command.name()]);
      expect(one.commands[0]?.helpInformation()).toBe(command.helpInformation());
    }
  });

  it('explains every flag of every command in its help, and prints its version', async () => {
    const visit = async (command: Command, words: readonly string[]): Promise<void> => {
      const { code, stdout } = await callAtoll([...words, '--help']);
      expect(code).toBe(0);
      for (const { long, description } of command.options) {
        expect(stdout, `${words.join(' ')} ${long}`).toContain(long);
        expect(description).not.toBe('');
      }
      for (const inner of command.commands) await visit(inner, [...words, inner.name()]);
    };
    await visit(await createProgram([]), []);
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await callAtoll(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('has every command that the README shows', async () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const names = (await createProgram([])).commands.map((command) => command.name());
    const shown = [...readme.matchAll(/npx atoll ([a-z]+)/g)].map(([, name = '']) => name);
    expect(shown.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => name !== 'runs' && !shown.includes(name))).toEqual([]);
  });
});
