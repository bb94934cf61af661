import { randomInt } from 'node:crypto';
import { withRepairHint } from '../../coordinator/checks/check-run.js';
import { type Coordinator, createCoordinator } from '../../coordinator/coordinator.js';
import type { BrokerStatus } from '../../coordinator/metrics/broker-metrics.js';
import { keepSpec } from '../../coordinator/run/kept-spec.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { openSqliteStore } from '../../coordinator/store/sqlite-store.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { CoordinatorLink } from '../../protocol/transport/transport.js';
import type { ModelPlace } from '../../protocol/wire/messages.js';
import type { Note } from '../cli/output.js';
import type { HttpSettings } from '../http/http-flags.js';
import { refereeOf } from './referee.js';
import type { ServedHttp } from './serve-http.js';
import { tellEvents } from './tell-events.js';

/** Coordinates a run, and shows it over HTTP where that is wanted, for as long as `work` takes. */
export async function holdRun<T>(
  parts: {
    readonly run: RunDirectory;
    readonly link: CoordinatorLink;
    readonly broker?: BrokerStatus;
    /** Where workers find the model. */
    readonly model: ModelPlace;
    readonly http: HttpSettings | undefined;
    readonly note: Note;
    /** Whether the operator hears of each event of the run: it is much to read. */
    readonly events: boolean;
  },
  work: (coordinator: Coordinator) => Promise<T>,
): Promise<T> {
  const { run, link, broker, model, http, note } = parts;
  // Its libraries are loaded only where it is wanted, and before the coordinator, which it follows from the first moment.
  const server = http && (await import('./serve-http.js'));
  // A run of an earlier Atoll was checked for what its archive shows; from now on its spec is kept.
  keepSpec(run);
  const store = openSqliteStore(run.archiveFile);
  let coordinator: Coordinator;
  try {
    const audit = { random: randomFrom(randomInt(2 ** 32)), referee: refereeOf(run) };
    coordinator = createCoordinator({ link, store, spec: run.spec, model, clock: Date.now, audit });
  } catch (error) {
    store.close();
    throw withRepairHint(error, run);
  }
  if (parts.events) tellEvents(coordinator, note);
  let served: ServedHttp | undefined;
  try {
    if (server) {
      const more = broker && { broker };
      served = await server.serveHttp({ run, coordinator, store, ...more, settings: http, note });
    }
    return await work(coordinator);
  } finally {
    await served?.close();
    await coordinator.stop();
  }
}
