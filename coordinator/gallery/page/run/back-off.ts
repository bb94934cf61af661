/** How long to wait before one asks again. */
export interface BackOff {
  /** Milliseconds until the next try: doubled each time, with up to a quarter more so that pages do not come at once. */
  next(): number;
  /** It went well: the next wait is the shortest again. */
  reset(): void;
}

export const BACK_OFF = { first: 500, most: 15_000 } as const;

/** `chance`: uniform in [0, 1). */
export function createBackOff(
  chance: () => number,
  limits: { first: number; most: number } = BACK_OFF,
): BackOff {
  let wait = limits.first;
  return {
    next() {
      const now = wait * (1 + chance() / 4);
      wait = Math.min(limits.most, wait * 2);
      return Math.round(now);
    },
    reset() {
      wait = limits.first;
    },
  };
}
