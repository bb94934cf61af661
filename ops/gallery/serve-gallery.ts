import { type DiskRun, openDiskRun } from '../../coordinator/gallery/disk-run.js';
import { followRun } from '../../coordinator/gallery/follow-run.js';
import { createLiveServer } from '../../coordinator/gallery/live-server.js';
import { readPageFiles } from '../../coordinator/gallery/page-files.js';
import { createGalleryApp } from '../../coordinator/http/app.js';
import { createImages } from '../../coordinator/http/images.js';
import { HTTP_LIMITS } from '../../coordinator/http/limits.js';
import { createLiveDoor } from '../../coordinator/http/live-door.js';
import type { ShownRun } from '../../coordinator/http/shown-run.js';
import { createPace } from '../../coordinator/islands/pace.js';
import { messageOf } from '../../protocol/base/errors.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { DEFECT, describeDefect } from '../cli/defect.js';
import { followInterruption } from '../cli/interruption.js';
import { say } from '../cli/output.js';
import { isLoopback } from '../http/http-address.js';
import type { HttpSettings } from '../http/http-flags.js';
import { listenSomewhere, watchLine } from '../http/listen-somewhere.js';
import { keptNaturalLine } from './natural-line.js';
import { createNetworkProcess, type NetworkProcess } from './network-process.js';
import { PAGE } from './page.js';

/** Between two looks at what was stored meanwhile. */
const LOOK_MS = 1000;

/**
 * Shows runs from their directories until a signal ends it, and follows those that go on. Rejects with a {@link BadInputError} when one of them is no
 * run, or the port cannot be had.
 */
export async function serveGallery(
  paths: readonly string[],
  settings: Pick<HttpSettings, 'address' | 'fallback'>,
): Promise<void> {
  const interruption = followInterruption();
  const runs: DiskRun[] = [];
  try {
    for (const path of paths) runs.push(await openDiskRun(path));
    await serveRuns(runs, settings, interruption.signal);
  } finally {
    for (const run of runs) run.close();
    interruption.release();
  }
}

async function serveRuns(
  runs: readonly DiskRun[],
  settings: Pick<HttpSettings, 'address' | 'fallback'>,
  interrupted: AbortSignal,
): Promise<void> {
  const loopback = isLoopback(settings.address.host);
  const images = createImages(loadDrawer(), () => performance.now());
  const networks: NetworkProcess[] = [];
  const shown = new Map<string, ShownRun>();
  const feeds = new Map<string, ReturnType<typeof followRun>['feed']>();
  const clock = () => performance.now();
  const looks = runs.map((run) => keepLooking(run));
  for (const [i, run] of runs.entries()) {
    const network = createNetworkProcess(run.run);
    networks.push(network);
    const pace = createPace(run.coordinator, clock);
    const natural = keptNaturalLine(run.run);
    shown.set(`/runs/${i}`, { ...run, images, pace, network, natural });
    const followed = followRun({ ...run, spec: run.run.spec, pace, clock });
    feeds.set(`/runs/${i}/api/live`, followed.feed);
  }
  const live = createLiveDoor({ feeds, server: createLiveServer([...feeds.values()]), loopback });
  const app = createGalleryApp({
    runs: shown,
    page: readPageFiles(PAGE),
    loopback,
    limits: HTTP_LIMITS,
    clock: Date.now,
    onError: (error) => say(describeDefect(error), DEFECT, 'error'),
  });
  try {
    const server = await listenSomewhere({ app, live, settings });
    say(watchLine(settings, server.port));
    if (!interrupted.aborted) {
      await new Promise((resolve) => interrupted.addEventListener('abort', resolve, { once: true }));
    }
    await server.close();
  } finally {
    live.close();
    for (const stop of looks) stop();
    for (const network of networks) await network.close();
  }
}

/** Looks at a run's directory now and then, until it cannot be read or the function that is returned is called. */
function keepLooking(run: DiskRun): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  async function look(): Promise<void> {
    try {
      await run.look();
    } catch (error) {
      if (!stopped) say(`${run.run.path} is shown as it was: ${messageOf(error)}`);
      return;
    }
    if (!stopped) timer = setTimeout(() => void look(), LOOK_MS);
  }
  timer = setTimeout(() => void look(), LOOK_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
