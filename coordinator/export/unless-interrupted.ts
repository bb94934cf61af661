import { InterruptedError } from '../../protocol/base/errors.js';

/**
 * What the work gives, unless `signal` is aborted before: then it rejects with an {@link InterruptedError} at once, and
 * nobody waits for the work.
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => reject(new InterruptedError('Interrupted. Nothing was written.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([interrupted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
