import { type Command, Option } from 'commander';
import { flagsNamed } from '../cli/named-flags.js';
import { shareFromZero } from '../cli/numbers.js';
import type { OccludeFlags } from '../lab/occlusion/occlude.js';
import { addSubjectFlags } from './subject-flags.js';

export function registerOcclude(program: Command): void {
  const command = program
    .command('occlude')
    .description('map which part of a picture the confidence of a network rests on');
  addSubjectFlags(command)
    .addOption(
      new Option('--fill <colour>', "the patch's colour: the picture's median, grey or black")
        .choices(['median', 'grey', 'black'])
        .default('median'),
    )
    .option(
      '--refine <share>',
      'try a smaller patch where larger ones changed this share of what the most effective one did; 0: everywhere',
      shareFromZero,
      0.1,
    )
    .option('--out <dir>', 'where the result goes (default: lab/occlude-… in the run directory, or here)')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: OccludeFlags, called: Command) => {
      const { occludeCommand } = await import('../lab/occlusion/occlude.js');
      await occludeCommand(flags, flagsNamed(called));
    });
}
