import { type Command, InvalidArgumentError, Option } from 'commander';
import { addModelFlags } from '../cli/model-flags.js';
import { count, wholeFrom, wholeNumber } from '../cli/numbers.js';
import type { PerturbFlags } from '../lab/perturbation/perturb.js';

const METHODS: PerturbFlags['method'] = ['gradient', 'square', 'pixels'];
const NORMS: PerturbFlags['norm'] = ['linf', 'l2'];

export function registerPerturb(program: Command): void {
  const command = program
    .command('perturb')
    .description('find the smallest change that turns a picture into another class')
    .argument('<image>', 'a PNG, JPEG or WebP picture')
    .requiredOption('--to <class>', 'index or label of the class wanted; or random, drawn by --seed');
  addModelFlags(command)
    .option('--with <ref>', 'another network that is asked too; it needs to be known, or have a model card')
    .addOption(
      new Option(
        '--method <methods>',
        `how a change is looked for, of ${METHODS.join(', ')}, separated by commas`,
      )
        .argParser(listOf(METHODS))
        .default(['gradient'], 'gradient'),
    )
    .addOption(
      new Option(
        '--norm <norms>',
        'gradient: what is made small: the greatest change (linf), the sum of squares (l2)',
      )
        .argParser(listOf(NORMS))
        .default(NORMS, 'linf,l2'),
    )
    .option('--steps <n>', 'gradient: steps within each bound that is tried', wholeFrom(1, 10_000), 40)
    .option('--bound <levels>', 'square: the greatest change, of 255', wholeFrom(1, 255), 8)
    .option('--pixels <n>', 'pixels: how many may change', count, 5)
    .option(
      '--looks <n>',
      'square and pixels: pictures that the network is shown at the most',
      wholeFrom(50),
      2000,
    )
    .option('--seed <n>', 'of square, pixels and --to random', wholeNumber, 1)
    .option('--out <dir>', 'where the result goes (default: lab/perturb-… here)')
    .option('--json', 'print the result as one line of JSON')
    .action(async (image: string, flags: PerturbFlags) => {
      const { perturbCommand } = await import('../lab/perturbation/perturb.js');
      await perturbCommand(image, flags);
    });
}

/** A parser of some of these words, separated by commas. */
function listOf<Word extends string>(words: readonly Word[]): (text: string) => Word[] {
  return (text) => {
    const given = [...new Set(text.split(',').map((each) => each.trim()))];
    const known = words.filter((word) => given.includes(word));
    if (known.length === given.length) return known;
    throw new InvalidArgumentError(`expected some of ${words.join(', ')}, separated by commas`);
  };
}
