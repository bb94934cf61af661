import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { InterruptedError } from '../../protocol/base/errors.js';
import { DEFAULT_ENCODING, ENCODING_NAMES } from '../../protocol/encodings/names.js';
import { typedPath } from '../cli/command-line.js';
import { addLogFlags, type LogFlags, startLog } from '../cli/log-flags.js';
import { addModelFlags, type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count, positiveNumber, positiveShare, wholeNumber } from '../cli/numbers.js';
import { print, printJson, say } from '../cli/output.js';
import { addTopologyFlag, type TopologyFlag } from '../cli/topology-flag.js';
import { addHttpFlags, DEFAULT_ADDRESS, type HttpFlags, httpFromFlags } from '../cluster/http-flags.js';
import { addNatsFlags, brokerFromFlags, type NatsFlags } from '../cluster/nats-flags.js';

interface CoordinatorFlags extends NatsFlags, ModelFlags, TopologyFlag, HttpFlags, LogFlags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly runs: string;
  readonly encoding?: string;
  readonly seed?: number;
  readonly islands?: number;
  readonly evaluations?: number;
  readonly cost?: number;
  readonly minutes?: number;
  readonly targetMedian?: number;
  readonly replicas: number;
  readonly replay?: boolean;
  readonly stay?: boolean;
  readonly json?: boolean;
}

/** Room for workers where nobody says how many there will be. */
const ISLANDS = 8;

export function registerCoordinator(program: Command): void {
  const command = program
    .command('coordinator')
    .description(
      'keep the archive of a run that workers on any machine evolve; a run that exists is continued',
    );
  addNatsFlags(command);
  command
    .option('--runs <dir>', 'folder for run directories', 'runs')
    .option('--config <file>', 'YAML file with any part of the run spec; flags overrule it')
    .option('--set <key=value>', 'one key of the run spec; can be repeated', collect);
  addModelFlags(command);
  command
    .addOption(
      new Option('--encoding <encoding>', `kind of genome (default: ${DEFAULT_ENCODING})`).choices(
        ENCODING_NAMES,
      ),
    )
    .option('--islands <n>', `number of islands, each for one worker (default: ${ISLANDS})`, count)
    .option('--evaluations <n>', 'stop after this number of evaluations', count)
    .option(
      '--cost <n>',
      'stop after this number of forward passes; one with a gradient counts as several',
      count,
    )
    .option('--minutes <n>', 'stop after this number of minutes', positiveNumber)
    .option('--target-median <c>', 'stop when the median best confidence reaches this', positiveShare);
  addTopologyFlag(command)
    .option('--seed <n>', 'seed of every random choice (default: random)', wholeNumber)
    .option('--replicas <n>', 'number of servers of a NATS cluster that keep a copy of the stream', count, 1)
    .option('--replay', 'read the stream from its start, for a run directory that was restored from a backup')
    .option('--stay', 'go on showing the run over HTTP after its end, until a signal comes')
    .option('--json', 'print the result as one line of JSON');
  addLogFlags(command);
  const { host, port } = DEFAULT_ADDRESS;
  addHttpFlags(command, `${host}:${port}`).action(async (flags: CoordinatorFlags, self: Command) =>
    coordinate(flags, self),
  );
}

async function coordinate(flags: CoordinatorFlags, command: Command): Promise<void> {
  await startLog(flags, { role: 'coordinator', run: flags.run });
  // What a run needs is loaded only for a run: a mistyped flag shows at once.
  const { coordinateRun } = await import('../cluster/coordinate.js');
  const { createProgressLine } = await import('../cli/progress.js');
  // Before anything is made: what is wrong with these shows at once.
  const broker = brokerFromFlags(flags);
  const http = await httpFromFlags(flags, DEFAULT_ADDRESS);
  const run = await openOrMake(flags, (key) => command.getOptionValueSource(key) === 'cli');
  const progress = createProgressLine(
    () => performance.now(),
    flags.logFormat === 'text' && process.stderr.isTTY,
  );
  const more = { replicas: flags.replicas, ...(flags.replay !== undefined && { replay: flags.replay }) };
  const { report, interrupted } = await coordinateRun(
    run,
    { ...broker, ...more },
    http,
    progress,
    flags.stay,
  );
  if (flags.json) printJson(report);
  else {
    const evaluations = report.evaluations.toLocaleString('en-US');
    print(
      `${evaluations} evaluations, median confidence ${report.median.toFixed(6)}; ${typedPath(run.path)}`,
    );
  }
  if (interrupted) throw new InterruptedError();
}

async function openOrMake(flags: CoordinatorFlags, given: (key: string) => boolean): Promise<RunDirectory> {
  const { prepareNewRun, prepareResumedRun } = await import('../up/prepare.js');
  const { readSpecInput } = await import('../up/spec-input.js');
  const directory = join(flags.runs, flags.run);
  const { evaluations, cost, minutes, targetMedian } = flags;
  const budget = {
    ...(evaluations !== undefined && { evaluations }),
    ...(cost !== undefined && { cost }),
    ...(minutes !== undefined && { minutes }),
    ...(targetMedian !== undefined && { targetMedian }),
  };
  const exists = await stat(directory).then(
    () => true,
    () => false,
  );
  if (exists) return prepareResumedRun({ directory, budget });
  return prepareNewRun({
    root: flags.runs,
    input: await readSpecInput({
      configFile: flags.config,
      settings: flags.set ?? [],
      flags: {
        name: flags.run,
        seed: flags.seed,
        ...(given('model') && { model: flags.model }),
        ...(given('engine') && { engine: flags.engine }),
        ...(given('device') && { device: flags.device }),
        encoding: flags.encoding,
        islands: flags.islands,
        budget,
        ...(flags.topology && { migration: { topology: flags.topology } }),
      },
    }),
    overrides: modelFromFlags(flags),
    seed: randomInt(2 ** 32),
    islands: ISLANDS,
    note: say,
  });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
