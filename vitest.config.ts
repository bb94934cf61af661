import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes minutes, and what needs a broker, has its own command: npm run test:slow, npm run test:broker.
    exclude: [
      'test/slow/**',
      'test/protocol/transport/nats/**',
      'test/ops/cluster.test.ts',
      'test/ops/nats.test.ts',
    ],
    pool: 'forks',
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
