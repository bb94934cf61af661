import { once } from 'node:events';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { type RunDirectory, saveSpec } from '../../coordinator/run/run-directory.js';
import { lockRun, type RunLock } from '../../coordinator/run/run-lock.js';
import { largestEntry } from '../../protocol/transport/largest-entry.js';
import type { BrokerOptions } from '../../protocol/transport/nats/broker.js';
import {
  type CoordinatorLinkOptions,
  connectCoordinator,
  type NatsCoordinatorLink,
} from '../../protocol/transport/nats/coordinator-link.js';
import { publishModel } from '../../protocol/transport/nats/model-store.js';
import { followInterruption } from '../cli/interruption.js';
import type { ProgressLine } from '../cli/progress.js';
import type { HttpSettings } from '../http/http-flags.js';
import { holdRun } from '../run/hold-run.js';
import { type Conducted, reportOf } from '../run/report.js';
import { createStatusLine } from '../run/status-line.js';

const PROGRESS_MS = 200;

/**
 * Coordinates a run for workers that come over a broker, until its budget is used or a signal ends it. Locks the run
 * directory. A second signal kills: what the broker holds is read by the next coordinator.
 */
export async function coordinateRun(
  run: RunDirectory,
  broker: BrokerOptions & Pick<CoordinatorLinkOptions, 'replicas' | 'replay'>,
  http: HttpSettings | undefined,
  progress: ProgressLine,
  /** Whether the run is shown after its end too, until a signal comes. */
  stay = false,
): Promise<Conducted> {
  // From the start: where much waits for it on the broker, its first commits come long before it is ready.
  const interruption = followInterruption();
  let lock: RunLock | undefined;
  try {
    lock = lockRun(run.path, { pid: process.pid, command: 'atoll coordinator', since: new Date() });
    // Loads while the broker is waited for; the import that needs it reports an error.
    if (http) import('../run/serve-http.js').catch(() => undefined);
    const place = { ...broker, signal: interruption.signal };
    const digest = await publishModel({ ...place, largestEntry: largestEntry(run.spec) }, run.modelDirectory);
    const link = await connectCoordinator({ ...place, run: run.spec.name, identity: identityOf(run) });
    try {
      await saveSpec(run, run.spec);
      const model = { type: 'package', digest } as const;
      return await holdRun(
        { run, link, broker: link, model, http, note: progress.note, events: true },
        async (coordinator) => {
          const conducted = await conduct(run, coordinator, link, interruption.signal, progress);
          if (stay && !interruption.signal.aborted) {
            progress.note(`${run.spec.name}: the run has ended, and is shown until you interrupt this`, {
              event: 'run-ended',
            });
            await once(interruption.signal, 'abort');
          }
          return conducted;
        },
      );
    } finally {
      await link.close();
    }
  } finally {
    lock?.release();
    interruption.release();
  }
}

/** Tells a run from one that had its name and was deleted: made once, when its directory was. */
function identityOf({ spec, created }: RunDirectory): string {
  return `${spec.name} of ${created.toISOString()}, seed ${spec.seed}, model ${spec.modelDigest}`;
}

async function conduct(
  run: RunDirectory,
  coordinator: Coordinator,
  link: NatsCoordinatorLink,
  interrupted: AbortSignal,
  progress: ProgressLine,
): Promise<Conducted> {
  const before = coordinator.summary().totals.evaluations;
  const statusLine = createStatusLine(run.spec);
  const show = () => {
    const taking = coordinator.islands().filter(({ state }) => state === 'live').length;
    const { text, figures } = statusLine(coordinator.summary());
    progress.update(`${taking} of ${run.spec.islands} islands · ${text}`, { ...figures, islands: taking });
  };
  const showing = setInterval(show, PROGRESS_MS);
  const end = () => coordinator.end('requested');
  interrupted.addEventListener('abort', end);
  if (interrupted.aborted) end();
  const told = { event: 'workers-awaited', islands: run.spec.islands, path: run.path };
  progress.note(`${run.spec.name}: waiting for workers; kept in ${run.path}`, told);
  try {
    const { reason } = await coordinator.done;
    // Farewells may overtake what was lost on the way here and has to come again.
    await link.drained();
    show();
    return {
      report: reportOf(run, coordinator, before, reason),
      interrupted: interrupted.aborted,
    };
  } finally {
    clearInterval(showing);
    interrupted.removeEventListener('abort', end);
    progress.done();
  }
}
