import { type Command, InvalidArgumentError } from 'commander';
import { flagsNamed } from '../cli/named-flags.js';
import { wholeFrom, wholeNumber } from '../cli/numbers.js';
import type { AblateFlags } from '../lab/ablation/ablate.js';
import { addSubjectFlags } from './subject-flags.js';

export function registerAblate(program: Command): void {
  const command = program
    .command('ablate')
    .description('measure how the confidence depends on how often an element is repeated');
  addSubjectFlags(command)
    .option(
      '--period <x,y[/x,y]>',
      'in pixels, to the right and downwards, in place of what is found: one shift, or two',
      period,
    )
    .option('--orders <n>', 'in so many orders, drawn at random, copies are kept', wholeFrom(1, 100), 8)
    .option('--seed <n>', 'of those orders', wholeNumber, 1)
    .option('--out <dir>', 'where the result goes (default: lab/ablate-… in the run directory, or here)')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: AblateFlags, called: Command) => {
      const { ablateCommand } = await import('../lab/ablation/ablate.js');
      await ablateCommand(flags, flagsNamed(called));
    });
}

function period(text: string): NonNullable<AblateFlags['period']> {
  const [first, second, ...more] = text.split('/').map((shift) => shift.split(',').map(Number));
  const one = shiftOf(first);
  const two = second && shiftOf(second);
  const isFlat = one && two && Math.abs(one[0] * two[1] - one[1] * two[0]) < 1;
  if (one === undefined || more.length > 0 || isFlat || (second && !two)) {
    throw new InvalidArgumentError(
      'expected one shift like 12,0, or two that are not parallel like 12,0/0,9',
    );
  }
  return two ? [one, two] : [one];
}

function shiftOf(numbers: readonly number[] | undefined): readonly [number, number] | undefined {
  const [x = Number.NaN, y = Number.NaN, ...more] = numbers ?? [];
  const isShift = Number.isFinite(x) && Number.isFinite(y) && Math.hypot(x, y) >= 1 && more.length === 0;
  return isShift ? [x, y] : undefined;
}
