import kernelUrl from '../../../../protocol/drawing/generated/kernel.wasm?url';
import type { DrawJob, DrawResult } from './jobs.js';

/** Draws pictures in web workers, so that the page never waits for one. */
export interface Pool {
  /**
   * A picture of a genome's canonical bytes; undefined where they are not a genome, or where its worker failed. Among those that
   * wait, one of greater `urgency` is drawn first, and of equals the one that waits longest. Rejects with the signal's
   * reason when it is called off.
   */
  draw(request: Drawing, urgency: number, signal?: AbortSignal): Promise<ImageBitmap | undefined>;
}

export type Drawing = Omit<DrawJob, 'id'>;

interface Waiting {
  readonly job: DrawJob;
  readonly urgency: number;
  readonly resolve: (picture: ImageBitmap | undefined) => void;
}

/** One core is the page's own, where there are enough. */
const workersFor = (cores: number) => Math.min(8, Math.max(2, cores - 1));

/** Jobs that a worker has at a time: it need not wait for the page, which may be painting. */
const AHEAD = 6;

/** Before what could not be loaded is asked for again: the coordinator may have gone away just then. */
const AGAIN_MS = 1000;

/** The kernel is loaded and compiled once, and shared. */
async function compileKernel(): Promise<WebAssembly.Module> {
  for (;;) {
    try {
      const response = await fetch(kernelUrl);
      if (response.ok) return await WebAssembly.compile(await response.arrayBuffer());
    } catch {
      // There is no other way to draw.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** `hireWorker`: a new worker that runs draw-worker.ts, wherever its script comes from. */
export function createPool(hireWorker: () => Worker, cores = navigator.hardwareConcurrency): Pool {
  const waiting: Waiting[] = [];
  const team = new Set<Hand>();
  let next = 0;

  function hire(module: WebAssembly.Module): void {
    const hand = createHand(hireWorker(), module, work, () => {
      team.delete(hand);
      setTimeout(() => hire(module), AGAIN_MS);
    });
    team.add(hand);
    work();
  }

  /** Gives jobs to whoever has the fewest. */
  function work(): void {
    while (waiting.length > 0) {
      const free = [...team].reduce<Hand | undefined>((best, hand) => {
        if (hand.jobs >= AHEAD || (best !== undefined && best.jobs <= hand.jobs)) return best;
        return hand;
      }, undefined);
      const first = free && takeMostUrgent(waiting);
      if (first === undefined) return;
      free?.take(first);
    }
  }

  void compileKernel().then((module) => {
    for (let i = 0; i < workersFor(cores); i++) hire(module);
  });
  return {
    draw(request, urgency, signal) {
      return new Promise((resolve, reject) => {
        const entry: Waiting = { job: { ...request, id: next++ }, urgency, resolve };
        waiting.push(entry);
        signal?.addEventListener('abort', () => {
          const place = waiting.indexOf(entry);
          if (place >= 0) waiting.splice(place, 1);
          reject(signal.reason);
        });
        work();
      });
    },
  };
}

/** One web worker and what it has to do. */
interface Hand {
  readonly jobs: number;
  take(entry: Waiting): void;
}

function createHand(
  worker: Worker,
  module: WebAssembly.Module,
  onDone: () => void,
  onFailed: () => void,
): Hand {
  const drawing = new Map<number, Waiting>();
  worker.postMessage({ module });
  worker.addEventListener('message', ({ data }: MessageEvent<DrawResult>) => {
    drawing.get(data.id)?.resolve(data.picture);
    drawing.delete(data.id);
    onDone();
  });
  // It could not be loaded, or met a defect: whoever wants its pictures asks again.
  worker.addEventListener('error', () => {
    worker.terminate();
    onFailed();
    for (const { resolve } of drawing.values()) resolve(undefined);
    drawing.clear();
  });
  return {
    get jobs() {
      return drawing.size;
    },
    take(entry) {
      drawing.set(entry.job.id, entry);
      worker.postMessage(entry.job);
    },
  };
}

/** Few wait: what is in view. */
function takeMostUrgent(waiting: Waiting[]): Waiting | undefined {
  let best = 0;
  for (let i = 1; i < waiting.length; i++) {
    if ((waiting[i]?.urgency ?? 0) > (waiting[best]?.urgency ?? 0)) best = i;
  }
  return waiting.splice(best, 1)[0];
}
