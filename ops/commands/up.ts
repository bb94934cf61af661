import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { BadInputError, InterruptedError } from '../../protocol/base/errors.js';
import { commandLine, typedPath } from '../cli/command-line.js';
import { duration } from '../cli/duration.js';
import { addLogFlags, bindLog, type LogFlags, startLog } from '../cli/log-flags.js';
import { modelFromFlags } from '../cli/model-flags.js';
import { print, printJson, say, table } from '../cli/output.js';
import { addHttpFlags, DEFAULT_ADDRESS, type HttpFlags, httpFromFlags } from '../http/http-flags.js';
import type { RunReport } from '../run/report.js';
import { addSpecFlags, budgetFromFlags, type SpecFlags, specFromFlags } from '../run/spec-flags.js';

interface UpFlags extends SpecFlags, HttpFlags, LogFlags {
  readonly name?: string;
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
  'logFormat',
  'logLevel',
  'json',
]);

export function registerUp(program: Command): void {
  const command = program
    .command('up')
    .description(
      "evolve a network's archive on this machine, with a coordinator and one worker process for each island",
    );
  const islands = 'number of islands, with a worker process for each (default: one per core)';
  addSpecFlags(command, islands)
    .option('--name <name>', 'name of the run (default: made from the model and encoding)')
    .option('--runs <dir>', 'folder for run directories', 'runs')
    .option(
      '--resume <dir>',
      'continue a run; only its budget can be changed, all other settings are in its run.yaml',
    )
    .option('--json', 'print the result as one line of JSON');
  // A person starts it, and often keeps what it says in a file.
  addLogFlags(command, 'text');
  const { host, port } = DEFAULT_ADDRESS;
  addHttpFlags(command, `${host}:${port}`).action(async (flags: UpFlags, self: Command) => up(flags, self));
}

async function up(flags: UpFlags, command: Command): Promise<void> {
  const format = await startLog(flags, { role: 'up' }, 'text');
  // What a run needs is loaded only for a run: a mistyped flag shows at once.
  const [{ conductRun }, { prepareNewRun, prepareResumedRun }, { createProgressLine }] = await Promise.all([
    import('../up/conduct.js'),
    import('../run/prepare.js'),
    import('../cli/progress.js'),
  ]);
  /** A flag's default must not win over the config file, nor count as given. */
  const given = (key: string) => command.getOptionValueSource(key) === 'cli';
  // Before anything is made: what is wrong with these shows at once.
  const http = await httpFromFlags(flags, DEFAULT_ADDRESS);
  const run =
    flags.resume === undefined
      ? await prepareNewRun({
          root: flags.runs,
          input: await specFromFlags(flags.name, flags, given),
          overrides: modelFromFlags(flags),
          seed: randomInt(2 ** 32),
          islands: availableParallelism(),
          note: say,
        })
      : await prepareResumedRun({
          directory: resumable(flags, Object.keys(flags).filter(given)),
          budget: budgetFromFlags(flags),
        });
  bindLog({ run: run.spec.name });
  const terminal = format === 'text' && process.stderr.isTTY;
  const progress = createProgressLine(() => performance.now(), terminal);
  const { report, interrupted } = await conductRun(run, http, progress, format === 'json');
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
