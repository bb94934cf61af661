import { defineConfig } from 'vitest/config';

/** docker-compose.yml on a real engine: run by `npm run test:compose`, which skips it where no engine answers. */
export default defineConfig({
  test: {
    include: ['test/compose/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
