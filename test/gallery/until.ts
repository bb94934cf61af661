import { vi } from 'vitest';

/** Waits until a check passes; fails with what it said last. */
export const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 60 });
