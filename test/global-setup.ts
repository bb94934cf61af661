import { provideNatsServer } from './nats-server.js';

/** Once before all tests: the broker that some of them start is there, or one sentence says how to get it. */
export function setup(): void {
  provideNatsServer();
}
