import { InterruptedError } from '../../protocol/base/errors.js';

export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Signals do again what they always do. */
  release(): void;
}

/** Follows Ctrl-C, so that unfinished work can be cleaned up; a second signal kills as it does by default. */
export function followInterruption(): Interruption {
  const interruption = follow(() => interruption.release());
  return interruption;
}

/** For a command with child processes: `forced` rejects with an {@link InterruptedError} on the second signal. */
export function followInterruptions(whenForced: string): Interruption & { readonly forced: Promise<never> } {
  let force = (_: Error) => {};
  const forced = new Promise<never>((_, reject) => {
    force = reject;
  });
  // A caller that awaits it still sees the rejection; no caller has to.
  forced.catch(() => undefined);
  const interruption = follow((again) => {
    if (again) force(new InterruptedError(whenForced));
  });
  return { ...interruption, forced };
}

function follow(onSignal: (again: boolean) => void): Interruption {
  const controller = new AbortController();
  const interrupt = () => {
    const again = controller.signal.aborted;
    onSignal(again);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
