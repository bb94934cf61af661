import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { type Look, launch, openPage } from './browser.js';
import { provideChromium } from './chromium.js';
import type { FakeRun } from './fake-run.js';
import { serve } from './fake-server.js';

/** One browser for all tests of a file, and a server and a page for each. */

const executable = provideChromium();
let browser: Browser;

/** Left out where there is no browser; the set-up of the tests has said so. */
export function inBrowser(name: string, tests: () => void): void {
  describe.skipIf(executable === undefined)(name, () => {
    beforeAll(async () => {
      browser = await launch(executable ?? '');
    });
    afterAll(() => browser.close());
    tests();
  });
}

/** A server of runs out of thin air, closed with the test. */
export async function stage(runs: readonly FakeRun[], options: Parameters<typeof serve>[1] = {}) {
  const server = await serve(runs, options);
  onTestFinished(() => server.close());
  return server;
}

/** A page, closed with the test. */
export async function visit(url: string, look: Look = {}) {
  const page = await openPage(browser, url, look);
  onTestFinished(() => page.context().close());
  return page;
}
