import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes minutes has its own command: npm run test:slow, test:faults.
    exclude: ['test/slow/**', 'test/faults/long/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // One more than there are cores: many tests wait for processes and clocks.
    maxWorkers: availableParallelism() + 1,
    // For what hangs; no test is about time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
