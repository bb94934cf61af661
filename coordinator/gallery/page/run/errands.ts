import { ApiError } from '../api.js';

/** Things asked of a server that takes few at a time, such as pictures that it draws. */
export interface Errands {
  /**
   * What `ask` gives, once it is its turn; where the server says that it is busy, it is asked again a little later. Of those
   * that wait, one of greater `urgency` goes first. Rejects with the signal's reason when it is called off.
   */
  run<T>(ask: () => Promise<T>, urgency: number, signal?: AbortSignal): Promise<T>;
}

/** At a time: less than a browser has connections, so that other questions are not kept waiting. */
const AT_A_TIME = 4;
const AGAIN_MS = 1000;
/** Too many requests, or something takes all its time. */
const BUSY = [429, 503];

export function createErrands(
  atATime = AT_A_TIME,
  rest = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS)),
): Errands {
  const waiting: { readonly urgency: number; readonly go: () => void }[] = [];
  let under = 0;

  function next(): void {
    while (under < atATime && waiting.length > 0) {
      const best = waiting.reduce((first, each) => (each.urgency > first.urgency ? each : first));
      waiting.splice(waiting.indexOf(best), 1);
      under++;
      best.go();
    }
  }

  async function attempt<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof ApiError) || !BUSY.includes(error.status)) throw error;
        await rest();
      }
    }
  }

  return {
    async run(ask, urgency, signal) {
      await new Promise<void>((resolve, reject) => {
        const entry = { urgency, go: resolve };
        waiting.push(entry);
        signal?.addEventListener('abort', () => {
          const place = waiting.indexOf(entry);
          if (place < 0) return;
          waiting.splice(place, 1);
          reject(signal.reason);
        });
        next();
      });
      try {
        return await attempt(ask, signal);
      } finally {
        under--;
        next();
      }
    },
  };
}
