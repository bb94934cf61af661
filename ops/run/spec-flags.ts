import { type Command, Option } from 'commander';
import { BadInputError } from '../../protocol/base/errors.js';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { NAMED_VIEWS, viewsOf } from '../../protocol/spec/named-views.js';
import { PRESET_NAMES } from '../../protocol/spec/presets.js';
import type { RunSpec, RunSpecInput } from '../../protocol/spec/run-spec.js';
import { addModelFlags, type ModelFlags } from '../cli/model-flags.js';
import { count, positiveNumber, positiveShare, wholeNumber } from '../cli/numbers.js';
import { addSetFlag, type SetFlag } from '../cli/set-flag.js';
import { addTopologyFlag, type TopologyFlag } from '../cli/topology-flag.js';

/** Flags that say what a run is, of the commands that make one. */
export interface SpecFlags extends ModelFlags, SetFlag, TopologyFlag {
  readonly config?: string;
  readonly encoding?: string;
  readonly preset?: string;
  readonly views?: string;
  readonly islands?: number;
  readonly batch?: number;
  readonly evaluations?: number;
  readonly cost?: number;
  readonly minutes?: number;
  readonly targetMedian?: number;
  readonly seed?: number;
  readonly objective?: RunSpec['objective']['reduce'];
  readonly also?: readonly string[];
  readonly constraints?: readonly string[];
}

/** @param islands what `--islands` is, with its default */
export function addSpecFlags(command: Command, islands: string): Command {
  command.option('--config <file>', 'YAML file with any part of the run spec; flags overrule it');
  addModelFlags(addSetFlag(command))
    .addOption(
      new Option(
        '--encoding <encoding>',
        `kind of genome: small graphs (cppn), pixels (direct), networks of fixed shape (dense) (default: ${DEFAULT_ENCODING}, or by preset)`,
      ).choices(ENCODING_NAMES),
    )
    .addOption(
      new Option(
        '--preset <preset>',
        'operators and loop of evolution; gradient: led by gradients of the network, with encoding dense (default: default)',
      ).choices(PRESET_NAMES),
    )
    .addOption(
      new Option('--views <views>', 'views of an image that the network gets (default: single)').choices([
        'single',
        'ten-crop',
      ]),
    )
    .option('--islands <n>', islands, count)
    .option('--batch <n>', 'images classified in one call (default: depends on the device)', count)
    .option(
      '--evaluations <n>',
      'stop after this number of evaluations (default, where no other limit is given: 100,000 for small networks, else 2,000,800)',
      count,
    )
    .option(
      '--cost <n>',
      'stop after this number of forward passes; one with a gradient counts as several',
      count,
    )
    .option('--minutes <n>', 'stop after this number of minutes', positiveNumber)
    .option('--target-median <c>', 'stop when the median best confidence reaches this', positiveShare);
  command
    .option(
      '--constraints <views>',
      `views under which a confidence has to hold, separated by commas: ${Object.keys(NAMED_VIEWS).join(', ')}, or each by itself, e.g. shift:0.05x0`,
      viewsOf,
    )
    .option(
      '--also <models>',
      'further networks that each image has to fool too, separated by commas',
      listed,
    )
    .addOption(
      new Option(
        '--objective <reduce>',
        'how the confidences of the model and of --also become one (default: minimum)',
      ).choices(['minimum', 'mean']),
    );
  return addTopologyFlag(command).option(
    '--seed <n>',
    'seed of every random choice (default: random; it is printed)',
    wholeNumber,
  );
}

/** The limits that the flags name. */
export function budgetFromFlags({
  evaluations,
  cost,
  minutes,
  targetMedian,
}: SpecFlags): Partial<RunSpec['budget']> {
  return {
    ...(evaluations !== undefined && { evaluations }),
    ...(cost !== undefined && { cost }),
    ...(minutes !== undefined && { minutes }),
    ...(targetMedian !== undefined && { targetMedian }),
  };
}

/**
 * What the flags and the files that they name say of a run. Rejects with a {@link BadInputError}.
 * @param given whether a flag is on the command line: a default must not win over the file
 */
export async function specFromFlags(
  name: string | undefined,
  flags: SpecFlags,
  given: (key: string) => boolean,
): Promise<RunSpecInput> {
  // Loaded only for a run: a mistyped flag shows at once.
  const { readSpecInput } = await import('./spec-input.js');
  const { model, engine, device, encoding, preset, views, islands, batch, seed, topology } = flags;
  const input = await readSpecInput({
    configFile: flags.config,
    settings: flags.set ?? [],
    flags: {
      ...{ name, seed, encoding, preset, views, islands, batch },
      ...(given('model') && { model }),
      ...(given('engine') && { engine }),
      ...(given('device') && { device }),
      budget: budgetFromFlags(flags),
      ...(topology && { migration: { topology } }),
      ...(flags.constraints && { evolution: { constraints: { views: flags.constraints } } }),
      objective: {
        ...(flags.also && { also: flags.also }),
        ...(flags.objective && { reduce: flags.objective }),
      },
    },
  });
  if (flags.objective === undefined || input.objective?.also?.length) return input;
  throw new BadInputError({
    code: 'ERR_OBJECTIVE',
    problem: '--objective joins the confidences of several networks, and only one is named',
    fix: 'Name others with --also, for example --also digits-2',
  });
}

function listed(text: string): readonly string[] {
  return text.split(',').map((each) => each.trim());
}
