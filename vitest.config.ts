import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Parts are called; whole programs are started, watched and killed, by tests that change their own environment. */
const PARTS = ['test/protocol/**/*.test.ts', 'test/worker/**/*.test.ts', 'test/coordinator/**/*.test.ts'];
const EVERYTHING = ['test/**/*.test.ts'];
/** What takes minutes has its own command: npm run test:slow, test:faults, test:gallery, test:compose. */
const SLOW = ['test/slow/**', 'test/faults/long/**', 'test/gallery/long/**', 'test/compose/**'];

export default defineConfig({
  // The package itself, from its source: examples import it by name.
  resolve: { alias: { atoll: fileURLToPath(new URL('ops/library/index.ts', import.meta.url)) } },
  test: {
    globalSetup: ['test/global-setup.ts', 'test/gallery/global-setup.ts'],
    pool: 'forks',
    // What programs say is read as a person reads it, though no terminal shows it.
    env: { ATOLL_LOG_FORMAT: 'text' },
    // One more than there are cores: many tests wait for processes and clocks.
    maxWorkers: availableParallelism() + 1,
    // For what hangs; no test is about time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // None, unless the machine is shared with programs that nobody here knows of (.ci/run): the report names what was
    // tried again.
    retry: Number(process.env.ATOLL_TEST_RETRIES ?? 0),
    projects: [
      // Without modules of its own for each file, which take a third of the time.
      { extends: true, test: { name: 'parts', include: PARTS, isolate: false } },
      { extends: true, test: { name: 'programs', include: EVERYTHING, exclude: [...PARTS, ...SLOW] } },
    ],
  },
});
