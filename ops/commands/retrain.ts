import { type Command, Option } from 'commander';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { count, positiveNumber, wholeFrom, wholeNumber } from '../cli/numbers.js';
import { addPictureFlags } from '../cli/picture-flags.js';
import type { RetrainFlags } from '../lab/retraining/retrain.js';

export function registerRetrain(program: Command): void {
  const command = program
    .command('retrain')
    .description('train a network on the images that fool it, evolve again, and so on')
    .requiredOption('--data <dir>', 'a folder of pictures for each class, or the files of MNIST (*.gz)')
    .option('--rounds <n>', 'rounds of retraining', wholeNumber, 15)
    .option('--out <dir>', 'folder of the rounds, which go on where they ended', 'retrained')
    .addOption(
      new Option('--from <weights>', 'what the network of a round starts from')
        .choices(['previous', 'fresh'])
        .default('previous'),
    )
    .addOption(
      new Option('--encoding <name>', 'what is evolved')
        .choices([...ENCODING_NAMES])
        .default(DEFAULT_ENCODING),
    )
    .option('--evolutions <n>', 'evolutions a round, each of a seed of its own', count, 3)
    .option('--evaluations <n>', 'of each evolution', count, 20_000)
    .option('--images <n>', 'images that a round gives the next, at most', count, 400)
    .option('--epochs <n>', 'passes over all training images a round', count, 2)
    .option('--batch <n>', 'images a step', wholeFrom(1, 1024), 50)
    .option('--rate <rate>', 'greatest learning rate', positiveNumber, 0.002);
  addPictureFlags(command)
    .option('--seed <n>', 'seed of everything', wholeNumber, 1)
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: RetrainFlags) => {
      const { retrain } = await import('../lab/retraining/retrain.js');
      await retrain(flags);
    });
}
