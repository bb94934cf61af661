import { defineConfig } from 'vitest/config';

/** Nonsense by the hundred thousand: `ATOLL_FUZZ=1000000 npm run test:fuzz`. Its short form is in npm test. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // Where ATOLL_FUZZ does not say how many; in npm test there are fewer.
    env: { ATOLL_FUZZ_FRAMES: '10000', ATOLL_LOG_FORMAT: 'text' },
    hookTimeout: 60_000,
  },
});
