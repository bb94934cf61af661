import { Registry } from 'prom-client';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { followRun } from '../../coordinator/gallery/follow-run.js';
import { createLiveServer } from '../../coordinator/gallery/live-server.js';
import { readPageFiles } from '../../coordinator/gallery/page-files.js';
import { createHttpApp } from '../../coordinator/http/app.js';
import { createImages } from '../../coordinator/http/images.js';
import { HTTP_LIMITS } from '../../coordinator/http/limits.js';
import { createLiveDoor } from '../../coordinator/http/live-door.js';
import type { HttpServer } from '../../coordinator/http/server.js';
import { followCommitted } from '../../coordinator/intake/committed.js';
import { createPace } from '../../coordinator/islands/pace.js';
import type { BrokerStatus } from '../../coordinator/metrics/broker-metrics.js';
import { createMetrics } from '../../coordinator/metrics.js';
import { readDiskUse } from '../../coordinator/run/disk-use.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import type { Store } from '../../coordinator/store/store.js';
import { BadInputError, messageOf } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { DEFECT, describeDefect } from '../cli/defect.js';
import type { Note } from '../cli/output.js';
import { keptNaturalLine } from '../gallery/natural-line.js';
import { createNetworkProcess } from '../gallery/network-process.js';
import { PAGE } from '../gallery/page.js';
import { leaveAddress } from '../http/address-file.js';
import { isLoopback, reachable, urlOf } from '../http/http-address.js';
import type { HttpSettings } from '../http/http-flags.js';
import { listenSomewhere, watchLine } from '../http/listen-somewhere.js';

export interface ServedHttp {
  /** To be called before the store is closed. */
  close(): Promise<void>;
}

/**
 * Shows a run over HTTP, and leaves its address for commands on this machine. To be called in the same
 * turn of the event loop as `createCoordinator`. Rejects with a {@link BadInputError} when the port that was asked for cannot be had.
 */
export async function serveHttp(parts: {
  readonly run: RunDirectory;
  readonly coordinator: Coordinator;
  readonly store: Store;
  readonly broker?: BrokerStatus;
  readonly settings: HttpSettings;
  readonly note: Note;
}): Promise<ServedHttp> {
  const { run, coordinator, store, broker, settings, note } = parts;
  const { address, token } = settings;
  const loopback = isLoopback(address.host);
  const committed = followCommitted(coordinator);
  const pace = createPace(coordinator, Date.now);
  const metrics = createMetrics({
    registry: new Registry(),
    spec: run.spec,
    versions: run.versions,
    coordinator,
    committed: committed.archive,
    store,
    disk: () => readDiskUse(run.archiveFile),
    started: Date.now(),
    ...(broker && { broker }),
  });
  const shown = { run, coordinator, committed: committed.archive, store, pace };
  const followed = followRun({ ...shown, spec: run.spec, clock: () => performance.now() });
  const network = createNetworkProcess(run);
  const releases = [followed.stop, committed.stop, pace.stop, metrics.stop];
  const release = () => {
    for (const stop of releases) stop();
  };
  const app = createHttpApp({
    ...shown,
    ...(broker && { broker }),
    network,
    natural: keptNaturalLine(run),
    page: readPageFiles(PAGE),
    images: createImages(loadDrawer(), () => performance.now()),
    metrics,
    token: token.value,
    loopback,
    limits: HTTP_LIMITS,
    clock: Date.now,
    onError: (error) => note(describeDefect(error), DEFECT, 'error'),
  });

  const live = createLiveDoor({
    feeds: new Map([['/api/live', followed.feed]]),
    server: createLiveServer([followed.feed]),
    loopback,
  });
  let server: HttpServer;
  try {
    server = await listenSomewhere({ app, live, settings });
  } catch (error) {
    live.close();
    release();
    throw error;
  }
  const url = urlOf(address.host, server.port);
  note(watchLine(settings, server.port), { event: 'http-served', url });
  const takeBack = await leaveAddress({
    url: urlOf(reachable(address.host), server.port),
    ...(token.source !== 'environment' && { token: token.value }),
    pid: process.pid,
    run: run.spec.name,
    since: new Date().toISOString(),
  }).catch((error: unknown) => {
    const sentence = `\`atoll status\` needs --url ${url}, since the address could not be written (${messageOf(error)})`;
    note(sentence, { event: 'address-not-written', url }, 'warn');
    return async () => undefined;
  });
  return {
    async close() {
      await takeBack();
      await server.close();
      await network.close();
      release();
    },
  };
}
