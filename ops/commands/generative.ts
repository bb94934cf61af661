import { type Command, Option } from 'commander';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { addModelFlags } from '../cli/model-flags.js';
import { flagsNamed } from '../cli/named-flags.js';
import { count, wholeNumber } from '../cli/numbers.js';
import type { GenerativeFlags } from '../lab/generative/generative.js';

export function registerGenerative(program: Command): void {
  const command = program
    .command('generative')
    .description('fit a generative classifier of digits, and measure whether it is fooled too')
    .requiredOption('--data <dir>', 'the files of MNIST (*.gz), or a folder of pictures for each class')
    .option('--run <dir>', 'the images and the network of this run; the result goes into its directory');
  addModelFlags(command)
    .addOption(
      new Option('--encoding <name>', 'what is evolved')
        .choices([...ENCODING_NAMES])
        .default(DEFAULT_ENCODING),
    )
    .option('--evaluations <n>', 'of each evolution', count, 20_000)
    .option('--seed <n>', 'of the fit and of the evolutions', wholeNumber, 1)
    .option('--out <dir>', 'where the result goes (default: lab/generative in the run directory, or here)')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: GenerativeFlags, called: Command) => {
      const { generativeCommand } = await import('../lab/generative/generative.js');
      await generativeCommand(flags, flagsNamed(called));
    });
}
