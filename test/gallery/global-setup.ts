import { NO_CHROMIUM, provideChromium } from './chromium.js';

/** Once before all tests: the browser that some of them start is there, or one sentence says what is left out. */
export function setup(): void {
  if (provideChromium() === undefined) process.stderr.write(`${NO_CHROMIUM}\n`);
}
