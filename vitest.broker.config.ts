import { defineConfig } from 'vitest/config';

/** What needs a real nats-server, which is found or installed first: run by `npm run test:broker`. */
export default defineConfig({
  test: {
    include: [
      'test/protocol/transport/nats/**/*.test.ts',
      'test/ops/cluster.test.ts',
      'test/ops/nats.test.ts',
    ],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
