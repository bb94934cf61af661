import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CoordinatorClient } from '../../coordinator/http/client.js';
import type { IslandView, RunView } from '../../coordinator/http/views.js';
import { UnreachableError } from '../../protocol/base/errors.js';
import { followInterruption } from '../cli/interruption.js';
import { print, printJson } from '../cli/output.js';
import { statusTable } from '../cluster/status-table.js';
import {
  addTargetFlags,
  findCoordinator,
  NO_COORDINATOR_HERE,
  type TargetFlags,
} from '../http/find-coordinator.js';

interface StatusFlags extends TargetFlags {
  readonly watch?: boolean;
  readonly json?: boolean;
}

const WATCH_MS = 1000;
/** Lines of a screen that are not islands. */
const FRAME = 12;

export function registerStatus(program: Command): void {
  const command = program
    .command('status')
    .description('show the state of a run and of its islands; the coordinator of the run is asked');
  addTargetFlags(command)
    .option('--watch', 'show it again every second, until Ctrl-C or the end of the run')
    .option('--json', 'print the result as one line of JSON')
    .action(async (flags: StatusFlags) => (flags.watch ? watch(flags) : showOnce(flags)));
}

interface Status {
  readonly run: RunView;
  readonly islands: readonly IslandView[];
}

async function ask(client: CoordinatorClient): Promise<Status> {
  const [run, { islands }] = await Promise.all([client.run(), client.islands()]);
  return { run, islands };
}

async function showOnce(flags: StatusFlags): Promise<void> {
  const { run, islands } = await ask(await findCoordinator(flags));
  if (flags.json) printJson({ ...run, islands });
  else print(statusTable(run, islands));
}

/**
 * Once it was reached, a coordinator that is away is waited for: another may take its run up. One that ended said so
 * before, or took its address back.
 */
async function watch(flags: StatusFlags): Promise<void> {
  const { draw, endDrawing } = await import('../cli/screen.js');
  const interruption = followInterruption();
  let last: Status | undefined;
  try {
    while (!interruption.signal.aborted) {
      try {
        const run = flags.url === undefined ? last?.run.run : undefined;
        last = await ask(await findCoordinator({ ...flags, ...(run !== undefined && { run }) }));
        if (flags.json) printJson({ ...last.run, islands: last.islands });
        else draw(describe(last));
      } catch (error) {
        if (last === undefined || !(error instanceof UnreachableError)) throw error;
        const { state } = last.run;
        if (state === 'ending' || state === 'ended' || error.code === NO_COORDINATOR_HERE) break;
        if (!flags.json) draw(`${describe(last)}\n\n${error.message}`);
      }
      // It rejects when it is interrupted, which the loop sees.
      await setTimeout(WATCH_MS, undefined, { signal: interruption.signal }).catch(() => undefined);
    }
  } finally {
    endDrawing();
    interruption.release();
  }
}

/** As many islands as the screen has room for. */
function describe({ run, islands }: Status): string {
  return statusTable(
    run,
    islands,
    process.stdout.isTTY ? Math.max(1, process.stdout.rows - FRAME) : undefined,
  );
}
