import type { Command } from 'commander';
import { addProbedFlags } from '../cli/model-flags.js';
import { count } from '../cli/numbers.js';

export function registerProbe(models: Command): void {
  const command = models
    .command('probe')
    .description('find out how a network expects its pixels: try every --preprocess on labelled pictures')
    .argument('<model>', "a model's file, its directory, or its name")
    .option(
      '--images <dir>',
      'pictures: a folder for each class, or names that begin with the index of the class',
    )
    .option('--at-most <n>', 'use at most this number of the pictures, spread evenly', count, 500);
  addProbedFlags(command)
    .option('--json', 'print the result as one line of JSON')
    .action(async (reference: string, _: object, self: Command) => {
      const { probeModel } = await import('../models/probe.js');
      await probeModel(reference, self.optsWithGlobals());
    });
}
