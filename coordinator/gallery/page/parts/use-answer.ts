import { useEffect, useState } from 'preact/hooks';
import { ApiError, sentenceFor } from '../api.js';
import type { Run } from '../run/run.js';

/** An answer of the server: what it was, or why there is none; neither while it is awaited. */
export interface Answer<T> {
  readonly value?: T;
  readonly problem?: string;
}

/**
 * Asks for a path of a run, and again whenever `version` changes; what was there stays until the new answer is. A server
 * that is busy is asked again when it says.
 */
export function useAnswer<T>(run: Pick<Run, 'ask'>, path: string, version: string): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({});
  useEffect(() => {
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = (): Promise<void> =>
      run.ask<T>(path, control.signal).then(
        (value) => setAnswer({ value }),
        (error: unknown) => {
          if (control.signal.aborted) return;
          setAnswer({ problem: sentenceFor(error) });
          // It is busy: what is on the page comes by itself.
          const again = error instanceof ApiError ? error.again : undefined;
          if (again !== undefined) timer = setTimeout(ask, 1000 * again);
        },
      );
    void ask();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [run, path, version]);
  return answer;
}
