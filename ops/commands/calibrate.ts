import { type Command, Option } from 'commander';
import { VIEW_COUNT } from '../../protocol/drawing/tensor-spec.js';
import { addModelFlags } from '../cli/model-flags.js';
import { flagsNamed } from '../cli/named-flags.js';
import { count } from '../cli/numbers.js';
import type { CalibrateFlags } from '../lab/calibration/calibrate.js';

export function registerCalibrate(program: Command): void {
  const command = program
    .command('calibrate')
    .description('measure how certain a network is of natural images, and how often it is right')
    .option('--images <path>', "a folder for each class, pictures named by class, or MNIST's files")
    .option(
      '--run <dir>',
      'the network of this run, in place of --model; the result goes into its directory',
    );
  addModelFlags(command);
  command
    .addOption(
      new Option('--views <views>', 'what the network is shown: the picture, or ten crops of it')
        .choices(Object.keys(VIEW_COUNT))
        .default('single'),
    )
    .addOption(
      new Option('--part <part>', "which of MNIST's images").choices(['train', 'test']).default('test'),
    )
    .addOption(
      new Option('--at-most <n>', 'so many of the images, evenly spaced')
        .argParser(count)
        .default(Number.POSITIVE_INFINITY, 'all'),
    )
    .option(
      '--out <dir>',
      'where the result goes (default: lab/calibrate in the run directory, or lab/calibrate-MODEL here)',
    )
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: CalibrateFlags, called: Command) => {
      const { calibrateCommand } = await import('../lab/calibration/calibrate.js');
      await calibrateCommand(flags, flagsNamed(called));
    });
}
