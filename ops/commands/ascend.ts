import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import { InterruptedError } from '../../protocol/base/errors.js';
import { ENCODING_NAMES, PICTURE_ENCODING } from '../../protocol/encodings/names.js';
import { ASCENT_PRESETS, type AscentPreset } from '../../worker/ascent/settings.js';
import { WEIGHT_PRESETS } from '../../worker/ascent/weight-settings.js';
import type { AscendFlags, AscendReport } from '../ascend/ascend.js';
import { commandLine, typedPath } from '../cli/command-line.js';
import { addModelFlags } from '../cli/model-flags.js';
import { count, wholeNumber } from '../cli/numbers.js';
import { print, printJson, table } from '../cli/output.js';

const DEFAULT_PRESET: AscentPreset = 'free';

export function registerAscend(program: Command): void {
  const command = program
    .command('ascend')
    .description(
      "lead a picture's pixels to a class by gradient ascent, as the paper did, or a genome's weights",
    )
    .requiredOption('--class <classes>', 'indices or labels, separated by commas; all; or random:N');
  addModelFlags(command)
    .addOption(
      new Option(
        '--encoding <encoding>',
        'direct: pixels are led. dense: weights, from a random genome. cppn: weights, from the best of 60 random ' +
          'graphs, which are mutated when they gain no more; they are tiny, and reach less',
      )
        .choices(ENCODING_NAMES)
        .default(PICTURE_ENCODING),
    )
    .addOption(
      new Option(
        '--preset <preset>',
        `step size and priors, which ops/docs/experiments.md explains; of dense and cppn ${WEIGHT_PRESETS.join(' or ')}`,
      )
        .choices(Object.keys(ASCENT_PRESETS))
        .default(DEFAULT_PRESET),
    )
    .option('--compare', 'use every preset in turn, to show what each does')
    .option('--steps <n>', 'pictures on the way at the most, less one (default: 1500)', count)
    .option(
      '--from <start>',
      'mean, noise, pink (noise like photographs), or a picture (default: by preset); of dense and cppn noise alone',
    )
    .option('--seed <n>', 'seed of every random choice (default: random; it is printed)', wholeNumber)
    .option('--name <name>', 'name of the run (default: made from the model and encoding)')
    .option('--runs <dir>', 'folder for run directories', 'runs')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: AscendFlags & { readonly seed?: number }) => {
      const { ascend } = await import('../ascend/ascend.js');
      const report = await ascend(flags, flags.seed ?? randomInt(2 ** 32));
      if (flags.json) printJson(report);
      else print(describe(report));
      if (report.interrupted)
        throw new InterruptedError('Interrupted. Every picture found so far is stored.');
    });
}

function describe({ ascents, result, directory, seed }: AscendReport): string {
  const rows = ascents.map(({ label, preset, steps, best, milestones }) => [
    label,
    preset,
    best.toFixed(6),
    `${steps} steps`,
    Object.entries(milestones)
      .map(([milestone, step]) => `${milestone} at ${step}`)
      .join(', '),
  ]);
  return [
    table(rows),
    `seed ${seed}`,
    ...(result === undefined ? [] : [`The figure is in ${typedPath(result)}`]),
    `Next: ${commandLine(['export', typedPath(directory)])}`,
  ].join('\n');
}
