import { Registry } from 'prom-client';
import { createHttpApp, type HttpPorts } from '../../../coordinator/http/app.js';
import { createImages } from '../../../coordinator/http/images.js';
import { HTTP_LIMITS } from '../../../coordinator/http/limits.js';
import { followCommitted } from '../../../coordinator/intake/committed.js';
import { createPace } from '../../../coordinator/islands/pace.js';
import { createMetrics } from '../../../coordinator/metrics.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { specOf } from '../fixtures.js';
import { type CoordinatorHarness, startCoordinator } from '../harness.js';

export const TOKEN = 'correct-horse-battery-staple';
export const VERSIONS = { atoll: '0', node: 'v20', engine: 'none' };

export interface HttpHarness extends CoordinatorHarness {
  readonly app: ReturnType<typeof createHttpApp>;
  /** Set it to lose the broker. */
  readonly broker: { online: boolean; pending(): Promise<number> };
  /** Defects that requests met. */
  readonly errors: Error[];
  /** Asks as curl on this machine would. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/** A coordinator with its HTTP, between a recording link and a store. */
export function startHttp(
  spec: RunSpec = specOf(4),
  parts: {
    readonly start?: Parameters<typeof startCoordinator>[1];
    readonly ports?: Partial<HttpPorts>;
  } = {},
): HttpHarness {
  const harness = startCoordinator(spec, parts.start);
  const { coordinator, store, clock } = harness;
  const committed = followCommitted(coordinator);
  const broker = { online: true, pending: async () => 7 };
  const pace = createPace(coordinator, () => clock.now);
  const metrics = createMetrics({
    registry: new Registry(),
    spec,
    versions: VERSIONS,
    coordinator,
    committed: committed.archive,
    store,
    broker,
  });
  const errors: Error[] = [];
  const app = createHttpApp({
    run: { spec, versions: VERSIONS, created: new Date(0) },
    coordinator,
    committed: committed.archive,
    store,
    broker,
    images: createImages(loadDrawer(), () => performance.now()),
    metrics,
    pace,
    token: TOKEN,
    page: new Map(),
    loopback: true,
    limits: HTTP_LIMITS,
    clock: () => clock.now,
    onError: (error) => errors.push(error),
    ...parts.ports,
  });
  return {
    ...harness,
    app,
    broker,
    errors,
    // As a server passes it on: with the name that was asked for.
    ask: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      if (!headers.has('host')) headers.set('host', 'localhost:7464');
      return app.request(`http://localhost:7464${path}`, { ...init, headers }, { address: '127.0.0.1' });
    },
    async stop() {
      for (const part of [committed, pace, metrics]) part.stop();
      await coordinator.stop();
    },
  };
}

/** The values of a scrape, by series as it is written: `atoll_islands{state="live"}`. */
export function seriesOf(scrape: string): Map<string, number> {
  const lines = scrape.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))] as const;
    }),
  );
}
