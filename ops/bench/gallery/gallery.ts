import { setTimeout as pause } from 'node:timers/promises';
import { createCoordinatorClient } from '../../../coordinator/http/client.js';
import { InterruptedError } from '../../../protocol/base/errors.js';
import { openPages } from './pages.js';
import { startRun } from './run.js';

/** A stretch of a run. */
export interface Stretch {
  readonly pages: number;
  /** Of all islands together. */
  readonly evaluationsPerSecond: number;
  /** Processor time of the coordinator, as a share of one processor. */
  readonly coordinatorLoad: number;
  /** To all pages together. */
  readonly bytesPerSecond: number;
  /** Resident memory of the coordinator at the end, in bytes. */
  readonly memory: number;
}

/** One stretch without pages and one with them, side by side in one run. */
export interface GalleryRound {
  readonly without: Stretch;
  readonly with: Stretch;
}

export interface GalleryRequest {
  /** Flags of `atoll up`. */
  readonly flags: readonly string[];
  readonly pages: number;
  readonly rounds: number;
  /** Of each stretch. */
  readonly seconds: number;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** The beginning of a run is not like the rest of it. */
const WARM_UP_MS = 5000;

/** Measures what pages cost a run: stretches with and without them alternate, in an order that does too. */
export async function benchGallery(request: GalleryRequest): Promise<GalleryRound[]> {
  const { flags, rounds, directory, signal, onProgress } = request;
  const run = await startRun(flags, directory, signal);
  try {
    await wait(WARM_UP_MS, signal);
    const done: GalleryRound[] = [];
    for (let round = 1; round <= rounds; round++) {
      onProgress(`round ${round} of ${rounds}`);
      const measureWith = () => stretch(run.url, request, request.pages);
      const measureWithout = () => stretch(run.url, request, 0);
      if (round % 2 === 1) {
        const without = await measureWithout();
        done.push({ without, with: await measureWith() });
      } else {
        const measured = await measureWith();
        done.push({ without: await measureWithout(), with: measured });
      }
    }
    return done;
  } finally {
    await run.stop();
  }
}

async function stretch(url: string, request: GalleryRequest, count: number): Promise<Stretch> {
  const { seconds, signal } = request;
  const pages = await openPages(count, Number(new URL(url).port));
  try {
    const before = await read(url);
    const bytes = pages.bytes;
    await wait(1000 * seconds, signal);
    const after = await read(url);
    const elapsed = after.at - before.at;
    return {
      pages: count,
      evaluationsPerSecond: (after.evaluations - before.evaluations) / elapsed,
      coordinatorLoad: (after.processorSeconds - before.processorSeconds) / elapsed,
      bytesPerSecond: (pages.bytes - bytes) / elapsed,
      memory: after.memory,
    };
  } finally {
    pages.close();
  }
}

async function read(url: string) {
  const { totals } = await createCoordinatorClient(url).run();
  const scrape = await (await fetch(`${url}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(scrape)?.[1]);
  return {
    at: performance.now() / 1000,
    evaluations: totals.evaluations,
    processorSeconds: figure('process_cpu_seconds_total'),
    memory: figure('process_resident_memory_bytes'),
  };
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  // It rejects when it is aborted, and then only.
  await pause(milliseconds, undefined, { signal }).catch(() => {
    throw new InterruptedError('Interrupted. Nothing was measured, and no file is left.');
  });
}
