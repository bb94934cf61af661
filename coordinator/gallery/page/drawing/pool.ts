import kernelUrl from '../../../../protocol/drawing/generated/kernel.wasm?url';
import type { DrawJob, DrawResult } from './jobs.js';

/** Draws pictures in web workers, so that the page never waits for one. */
export interface Pool {
  /**
   * A picture of a genome's canonical bytes; undefined where they are none. Among those that wait, one of greater
   * `urgency` is drawn first, and of equals the one that waits longest. Rejects with an `AbortError` when it is called off.
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

/** The kernel is loaded and compiled once, and shared. */
async function compileKernel(): Promise<WebAssembly.Module> {
  const response = await fetch(kernelUrl);
  return WebAssembly.compile(await response.arrayBuffer());
}

export function createPool(cores = navigator.hardwareConcurrency): Pool {
  const waiting: Waiting[] = [];
  /** A worker once for each job that it could take. */
  const idle: Worker[] = [];
  const drawing = new Map<number, Waiting>();
  let next = 0;

  async function start(): Promise<void> {
    const module = await compileKernel();
    for (let i = 0; i < workersFor(cores); i++) {
      const worker = new Worker(new URL('./draw-worker.ts', import.meta.url), { type: 'module' });
      worker.postMessage({ module });
      worker.addEventListener('message', ({ data }: MessageEvent<DrawResult>) => {
        drawing.get(data.id)?.resolve(data.picture);
        drawing.delete(data.id);
        idle.push(worker);
        work();
      });
      for (let place = 0; place < AHEAD; place++) idle.unshift(worker);
    }
    work();
  }

  function work(): void {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop();
      const first = takeMostUrgent(waiting);
      if (worker === undefined || first === undefined) return;
      drawing.set(first.job.id, first);
      worker.postMessage(first.job);
    }
  }

  void start();
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

/** Few wait: what is in view. */
function takeMostUrgent(waiting: Waiting[]): Waiting | undefined {
  let best = 0;
  for (let i = 1; i < waiting.length; i++) {
    if ((waiting[i]?.urgency ?? 0) > (waiting[best]?.urgency ?? 0)) best = i;
  }
  return waiting.splice(best, 1)[0];
}
