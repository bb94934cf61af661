import type { Coordinator } from '../../coordinator/coordinator.js';
import type { RunEnd } from '../../coordinator/life/run-state.js';
import { type RunDirectory, saveSpec } from '../../coordinator/run/run-directory.js';
import { lockRun } from '../../coordinator/run/run-lock.js';
import { BadInputError } from '../../protocol/base/errors.js';
import { processChannel } from '../../protocol/transport/local/channel.js';
import { createLocalHub, type LocalHub } from '../../protocol/transport/local/hub.js';
import { followInterruptions } from '../cli/interruption.js';
import type { ProgressLine } from '../cli/progress.js';
import type { HttpSettings } from '../http/http-flags.js';
import { holdRun } from '../run/hold-run.js';
import { type Conducted, reportOf } from '../run/report.js';
import { createStatusLine } from '../run/status-line.js';
import { describeEvent, figuresOf, superviseChildren } from '../supervise/supervisor.js';

const PROGRESS_MS = 200;
/** Workers finish their batch and flush; those that take longer are killed, and lose what was not stored. */
const GRACE_MS = 30_000;

/**
 * Runs a whole Atoll on this machine: a coordinator here, one worker process an island. Locks the run directory.
 * A first SIGINT or SIGTERM stores everything and ends the run; a second one kills the workers and rejects at once.
 * Rejects with the workers' error when none of them could work.
 */
export async function conductRun(
  run: RunDirectory,
  http: HttpSettings | undefined,
  progress: ProgressLine,
  /** See {@link holdRun}. */
  events: boolean,
): Promise<Conducted> {
  const lock = lockRun(run.path, { pid: process.pid, command: 'atoll up', since: new Date() });
  try {
    const hub = createLocalHub();
    const model = { type: 'directory', path: run.modelDirectory } as const;
    return await holdRun(
      { run, link: hub, model, http, note: progress.note, events },
      async (coordinator) => {
        // A resumed run may have a new budget; until it was ours and known to be whole, nothing was changed.
        await saveSpec(run, run.spec);
        return conductLocked(run, hub, coordinator, progress);
      },
    );
  } finally {
    lock.release();
  }
}

async function conductLocked(
  run: RunDirectory,
  hub: LocalHub,
  coordinator: Coordinator,
  progress: ProgressLine,
): Promise<Conducted> {
  progress.note(introduce(run), { event: 'run-started', path: run.path });
  const before = coordinator.summary().totals.evaluations;
  const statusLine = createStatusLine(run.spec);
  const show = () => {
    const { text, figures } = statusLine(coordinator.summary());
    progress.update(text, figures);
  };
  const showing = setInterval(show, PROGRESS_MS);

  const workers = Array.from({ length: run.spec.islands }, (_, i) => `worker-${i}`);
  const supervisor = superviseChildren({
    main: new URL('./worker-process.js', import.meta.url),
    children: new Map(workers.map((worker) => [worker, [worker]])),
    onStart: (process) => hub.attach(processChannel(process)),
    onEvent(event) {
      if (event.type === 'died' || event.type === 'gave-up') {
        progress.note(describeEvent(event), figuresOf(event), 'warn');
      }
      if (event.type === 'died' || event.type === 'ended') coordinator.workerGone(event.child);
      if (event.type === 'gave-up') coordinator.workerGone(event.child, { error: event.how });
    },
  });

  const interruption = followInterruptions('Interrupted twice. What was not stored yet is lost.');
  interruption.signal.addEventListener('abort', () => {
    supervisor.retire();
    coordinator.end('requested');
  });
  try {
    const ended = coordinator.done.then(async (end) => {
      await supervisor.stop(GRACE_MS);
      return end;
    });
    const end = await Promise.race([ended, interruption.forced]);
    show();
    const report = reportOf(run, coordinator, before, end.reason);
    if (!interruption.signal.aborted) throwIfNoneWorked(end, run.spec.islands);
    return { report, interrupted: interruption.signal.aborted };
  } finally {
    clearInterval(showing);
    interruption.release();
    await supervisor.stop(0);
    progress.done();
  }
}

function introduce({ spec, path }: RunDirectory): string {
  const networks = [spec.model, ...spec.objective.also].join(' and ');
  return (
    `${spec.name}: ${spec.classes} classes of ${networks}, ${spec.encoding} genomes, ${spec.islands} ` +
    `${spec.islands === 1 ? 'island' : 'islands'}, seed ${spec.seed}; kept in ${path}`
  );
}

/** A run in which every island failed has shown nothing but its error. */
function throwIfNoneWorked({ failures }: RunEnd, islands: number): void {
  const [first] = failures;
  if (first === undefined || failures.length < islands) return;
  throw new BadInputError({
    code: 'ERR_ISLANDS_FAILED',
    problem: `None of the ${failures.length} islands could work. The first one said: ${first.error}`,
    fix: 'Correct that, then continue the run with --resume',
  });
}
