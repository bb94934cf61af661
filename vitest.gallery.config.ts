import { defineConfig } from 'vitest/config';

/** The gallery in a real browser, view by view: run by `npm run test:gallery`. Its short form is in npm test. */
export default defineConfig({
  test: {
    include: ['test/gallery/**/*.test.ts'],
    globalSetup: ['test/gallery/global-setup.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
