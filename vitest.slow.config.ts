import { defineConfig } from 'vitest/config';

/** What takes minutes: run by `npm run test:slow`. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    pool: 'forks',
    env: { ATOLL_LOG_FORMAT: 'text' },
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
