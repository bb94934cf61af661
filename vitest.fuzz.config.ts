import { defineConfig } from 'vitest/config';

/** Nonsense by the hundred thousand: `ATOLL_FUZZ=1000000 npm run test:fuzz`. Its short form is in npm test. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    hookTimeout: 60_000,
  },
});
