export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Signals do again what they always do. */
  release(): void;
}

/** Follows Ctrl-C, so that what was begun can be cleared away; a second signal kills as if nobody followed. */
export function followInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = () => {
    release();
    controller.abort();
  };
  const release = () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return { signal: controller.signal, release };
}
