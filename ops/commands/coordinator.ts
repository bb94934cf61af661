import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { InterruptedError } from '../../protocol/base/errors.js';
import { typedPath } from '../cli/command-line.js';
import { addLogFlags, type LogFlags, startLog } from '../cli/log-flags.js';
import { modelFromFlags } from '../cli/model-flags.js';
import { count } from '../cli/numbers.js';
import { print, printJson, say } from '../cli/output.js';
import { addNatsFlags, brokerFromFlags, type NatsFlags } from '../cluster/nats-flags.js';
import { addHttpFlags, DEFAULT_ADDRESS, type HttpFlags, httpFromFlags } from '../http/http-flags.js';
import { addSpecFlags, budgetFromFlags, type SpecFlags, specFromFlags } from '../run/spec-flags.js';

interface CoordinatorFlags extends NatsFlags, SpecFlags, HttpFlags, LogFlags {
  readonly runs: string;
  readonly replicas: number;
  readonly replay?: boolean;
  readonly stay?: boolean;
  readonly json?: boolean;
}

/** Number of islands where none is given: room for workers to come. */
const ISLANDS = 8;

export function registerCoordinator(program: Command): void {
  const command = program
    .command('coordinator')
    .description(
      'keep the archive of a run that workers on any machine evolve; a run that exists is continued',
    );
  addNatsFlags(command).option('--runs <dir>', 'folder for run directories', 'runs');
  addSpecFlags(command, `number of islands, each for one worker (default: ${ISLANDS})`)
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
  const format = await startLog(flags, { role: 'coordinator', run: flags.run });
  // What a run needs is loaded only for a run: a mistyped flag shows at once.
  const { coordinateRun } = await import('../cluster/coordinate.js');
  const { createProgressLine } = await import('../cli/progress.js');
  // Before anything is made: what is wrong with these shows at once.
  const broker = brokerFromFlags(flags);
  const http = await httpFromFlags(flags, DEFAULT_ADDRESS);
  const run = await openOrMake(flags, (key) => command.getOptionValueSource(key) === 'cli');
  const progress = createProgressLine(() => performance.now(), format === 'text' && process.stderr.isTTY);
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
  const { prepareNewRun, prepareResumedRun } = await import('../run/prepare.js');
  const directory = join(flags.runs, flags.run);
  const exists = await stat(directory).then(
    () => true,
    // Not there: a new run.
    () => false,
  );
  if (exists) return prepareResumedRun({ directory, budget: budgetFromFlags(flags) });
  return prepareNewRun({
    root: flags.runs,
    input: await specFromFlags(flags.run, flags, given),
    overrides: modelFromFlags(flags),
    seed: randomInt(2 ** 32),
    islands: ISLANDS,
    note: say,
  });
}
