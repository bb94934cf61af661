import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes minutes has its own command: npm run test:slow.
    exclude: ['test/slow/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
