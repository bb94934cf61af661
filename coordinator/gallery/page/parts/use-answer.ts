import { useEffect, useState } from 'preact/hooks';
import { sentenceFor } from '../api.js';
import type { Run } from '../run/run.js';

/** An answer of the server: what it was, or why there is none; neither while it is awaited. */
export interface Answer<T> {
  readonly value?: T;
  readonly problem?: string;
}

/** Asks for a path of a run, and again whenever `version` changes; what was there stays until the new answer is. */
export function useAnswer<T>(run: Pick<Run, 'ask'>, path: string, version: string): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({});
  useEffect(() => {
    const control = new AbortController();
    run.ask<T>(path, control.signal).then(
      (value) => setAnswer({ value }),
      (error: unknown) => {
        if (!control.signal.aborted) setAnswer({ problem: sentenceFor(error) });
      },
    );
    return () => control.abort();
  }, [run, path, version]);
  return answer;
}
