import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes minutes has its own command: npm run test:slow, test:faults.
    exclude: ['test/slow/**', 'test/faults/long/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
