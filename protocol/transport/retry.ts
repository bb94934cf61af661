/** When and how often something is tried again; times in milliseconds. */
export interface Retrying {
  /** Throws the final error, where trying again cannot help or has taken too long. */
  readonly giveUp: (error: unknown) => void;
  /** Resolves after so long, or earlier, where there is a reason to try again. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly first: number;
  /** Each pause is twice as long as the one before, up to this; absent: all are `first`. */
  readonly last?: number;
}

/** Calls `attempt` until it resolves, and resolves to what it does; rejects with what `giveUp` throws. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { giveUp, pause, first, last = first }: Retrying,
): Promise<T> {
  for (let wait = first; ; wait = Math.min(2 * wait, last)) {
    try {
      return await attempt();
    } catch (error) {
      giveUp(error);
      await pause(wait);
    }
  }
}
