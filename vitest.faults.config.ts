import { defineConfig } from 'vitest/config';

/** What goes wrong, for minutes, on purpose: run by `npm run test:faults`, with ATOLL_FAULTS and ATOLL_FAULT_SEED. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // What programs say is read as a person reads it, though no terminal shows it.
    env: { ATOLL_LOG_FORMAT: 'text' },
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
  },
});
