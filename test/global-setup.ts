import { provideNatsServer } from './nats-binary.js';
import { providePrometheus } from './prometheus-binaries.js';

/** Once before all tests: the broker that some of them start is there, or one sentence says how to get it. */
export function setup(): void {
  try {
    provideNatsServer();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
  providePrometheus();
}
