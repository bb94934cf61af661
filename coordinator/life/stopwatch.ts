/** Measures the time that a run has run: pauses do not count. */
export interface Stopwatch {
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  /** Milliseconds run so far. */
  elapsed(): number;
}

/** A stopwatch that is running; `clock` gives milliseconds. */
export function createStopwatch(clock: () => number): Stopwatch {
  let startedAt = clock();
  let pausedAt: number | undefined;
  return {
    get paused() {
      return pausedAt !== undefined;
    },
    pause() {
      pausedAt ??= clock();
    },
    resume() {
      if (pausedAt === undefined) return;
      startedAt += clock() - pausedAt;
      pausedAt = undefined;
    },
    elapsed: () => (pausedAt ?? clock()) - startedAt,
  };
}
