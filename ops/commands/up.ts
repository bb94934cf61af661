import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { BadInputError, InterruptedError } from '../../protocol/base/errors.js';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { commandLine, typedPath } from '../cli/command-line.js';
import { duration } from '../cli/duration.js';
import { addModelFlags, type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count, positiveNumber, positiveShare, wholeNumber } from '../cli/numbers.js';
import { print, printJson, say, table } from '../cli/output.js';
import { addTopologyFlag, type TopologyFlag } from '../cli/topology-flag.js';
import { addHttpFlags, DEFAULT_ADDRESS, type HttpFlags, httpFromFlags } from '../cluster/http-flags.js';
import type { RunReport } from '../up/report.js';

interface UpFlags extends ModelFlags, TopologyFlag, HttpFlags {
  readonly name?: string;
  readonly seed?: number;
  readonly encoding?: string;
  readonly preset?: string;
  readonly views?: string;
  readonly islands?: number;
  readonly batch?: number;
  readonly evaluations?: number;
  readonly cost?: number;
  readonly minutes?: number;
  readonly targetMedian?: number;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly runs: string;
  readonly resume?: string;
  readonly json?: boolean;
}

/** Flags that a resumed run takes; everything else is in its `run.yaml`. */
const RESUMABLE = new Set([
  'resume',
  'evaluations',
  'cost',
  'minutes',
  'targetMedian',
  'http',
  'tokenFile',
  'json',
]);

export function registerUp(program: Command): void {
  const command = program
    .command('up')
    .description(
      "evolve a network's archive on this machine, with a coordinator and one worker process for each island",
    )
    .option('--config <file>', 'YAML file with any part of the run spec; flags overrule it')
    .option(
      '--set <key=value>',
      'one key of the run spec, e.g. evolution.mutation.rate=0.2; can be repeated',
      collect,
    );
  addModelFlags(command);
  command
    .addOption(
      new Option('--encoding <encoding>', `kind of genome (default: ${DEFAULT_ENCODING})`).choices(
        ENCODING_NAMES,
      ),
    )
    .addOption(
      new Option('--preset <preset>', 'operators and loop of evolution (default: default)').choices([
        'default',
        'paper',
      ]),
    )
    .addOption(
      new Option('--views <views>', 'views of an image that the network gets (default: single)').choices([
        'single',
        'ten-crop',
      ]),
    )
    .option(
      '--islands <n>',
      'number of islands, with a worker process for each (default: one per core)',
      count,
    )
    .option('--batch <n>', 'images classified in one call (default: depends on the device)', count)
    .option('--evaluations <n>', 'stop after this number of evaluations', count)
    .option(
      '--cost <n>',
      'stop after this number of forward passes; one with a gradient counts as several',
      count,
    )
    .option('--minutes <n>', 'stop after this number of minutes', positiveNumber)
    .option('--target-median <c>', 'stop when the median best confidence reaches this', positiveShare);
  addTopologyFlag(command)
    .option('--seed <n>', 'seed of every random choice (default: random; it is printed)', wholeNumber)
    .option('--name <name>', 'name of the run (default: made from the model and encoding)')
    .option('--runs <dir>', 'folder for run directories', 'runs')
    .option(
      '--resume <dir>',
      'continue a run; only its budget can be changed, all other settings are in its run.yaml',
    )
    .option('--json', 'print the result as one line of JSON');
  const { host, port } = DEFAULT_ADDRESS;
  addHttpFlags(command, `${host}:${port}`).action(async (flags: UpFlags, self: Command) => up(flags, self));
}

async function up(flags: UpFlags, command: Command): Promise<void> {
  // What a run needs is loaded only for a run: a mistyped flag shows at once.
  const [{ conductRun }, { prepareNewRun, prepareResumedRun }, { readSpecInput }, { createProgressLine }] =
    await Promise.all([
      import('../up/conduct.js'),
      import('../up/prepare.js'),
      import('../up/spec-input.js'),
      import('../cli/progress.js'),
    ]);
  /** A flag's default must not win over the config file, nor count as given. */
  const given = (key: string) => command.getOptionValueSource(key) === 'cli';
  const budget = defined({
    evaluations: flags.evaluations,
    cost: flags.cost,
    minutes: flags.minutes,
    targetMedian: flags.targetMedian,
  });
  // Before anything is made: what is wrong with these shows at once.
  const http = await httpFromFlags(flags, DEFAULT_ADDRESS);
  const run =
    flags.resume === undefined
      ? await prepareNewRun({
          root: flags.runs,
          input: await readSpecInput({
            configFile: flags.config,
            settings: flags.set ?? [],
            flags: {
              name: flags.name,
              seed: flags.seed,
              ...(given('model') && { model: flags.model }),
              ...(given('engine') && { engine: flags.engine }),
              ...(given('device') && { device: flags.device }),
              encoding: flags.encoding,
              preset: flags.preset,
              views: flags.views,
              islands: flags.islands,
              batch: flags.batch,
              budget,
              ...(flags.topology && { migration: { topology: flags.topology } }),
            },
          }),
          overrides: modelFromFlags(flags),
          seed: randomInt(2 ** 32),
          islands: availableParallelism(),
          note: say,
        })
      : await prepareResumedRun({ directory: resumable(flags, Object.keys(flags).filter(given)), budget });

  const { report, interrupted } = await conductRun(
    run,
    http,
    createProgressLine(() => performance.now()),
  );
  if (flags.json) printJson(report);
  else print(describe(report));
  if (interrupted)
    throw new InterruptedError(
      `Interrupted. Everything is stored. Continue with: ${commandLine(['up', '--resume', typedPath(run.path)])}`,
    );
}

/** The directory to resume; throws a {@link BadInputError} when flags came along that a run's spec already fixes. */
function resumable(flags: UpFlags, given: readonly string[]): string {
  const fixed = given.find((key) => !RESUMABLE.has(key));
  if (fixed === undefined) return flags.resume ?? '';
  throw new BadInputError({
    code: 'ERR_RESUME_FLAG',
    problem: `--${fixed.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} cannot be changed when a run is resumed`,
    fix: 'Leave it out, or start a new run; a resumed run takes only a new budget',
  });
}

function describe(report: RunReport): string {
  const { above } = report;
  return table([
    ['evaluations', `${report.evaluations.toLocaleString('en-US')}`],
    [
      'rate',
      `${Math.round(report.evaluationsPerSecond).toLocaleString('en-US')}/s for ${duration(report.seconds)}`,
    ],
    ['coverage', `${(100 * report.coverage).toFixed(1)} %`],
    ['median confidence', report.median.toFixed(6)],
    [
      'classes ≥ .9, .99, .9999',
      `${above['0.9']}, ${above['0.99']}, ${above['0.9999']} of ${report.classes}`,
    ],
    ['next', commandLine(['export', typedPath(report.directory)])],
  ]);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The record without its undefined values. */
function defined<T extends Record<string, unknown>>(record: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
