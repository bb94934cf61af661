import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { createCoordinator } from '../../coordinator/coordinator.js';
import { metricsRoute } from '../../coordinator/http/health-routes.js';
import { HTTP_LIMITS } from '../../coordinator/http/limits.js';
import { createRoutedApp } from '../../coordinator/http/routed-app.js';
import { listen } from '../../coordinator/http/server.js';
import { createMetrics } from '../../coordinator/metrics.js';
import { createSqliteStore } from '../../coordinator/store/sqlite-store.js';
import { createArchive } from '../../protocol/archive/archive.js';
import { createCandidate } from '../../protocol/archive/candidate.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { randomGenome } from '../../protocol/encodings/variation.js';
import { fillSpec } from '../../protocol/spec/fill-spec.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import { createLocalHub } from '../../protocol/transport/local/hub.js';

/** What scrapes of a coordinator take. */
export interface ScrapeBench {
  readonly classes: number;
  readonly scrapes: number;
  /** Of one scrape. */
  readonly bytes: number;
  /** Seconds from asking to the last byte, over HTTP on this machine. */
  readonly median: number;
  readonly p99: number;
  readonly largest: number;
  /** Seconds of processor time of the whole process, which asks too, for one scrape. */
  readonly processorSeconds: number;
}

/** Compilers settle. */
const WARM_UP = 20;
/** Between two scrapes: other work is done in between, and the limit of requests is not met. */
const PAUSE_MS = 10;
/** A label of ImageNet has 19 characters in the mean. */
const LABEL = 'ordinary label no. ';

/**
 * Scrapes a coordinator with a full archive, in this process, and reads what it answers.
 * @param parts.directory where its store is kept
 */
export async function benchScrape(parts: {
  readonly classes: number;
  readonly scrapes: number;
  readonly seed: number;
  readonly directory: string;
  readonly onProgress: (text: string) => void;
}): Promise<ScrapeBench> {
  const { classes, scrapes, seed, directory, onProgress } = parts;
  const served = await serve({ classes, seed, directory });
  try {
    const seconds: number[] = [];
    let bytes = 0;
    let before = process.cpuUsage();
    for (let i = -WARM_UP; i < scrapes; i++) {
      if (i === 0) before = process.cpuUsage();
      const start = performance.now();
      const answer = await fetch(served.url);
      bytes = (await answer.arrayBuffer()).byteLength;
      if (i >= 0) seconds.push((performance.now() - start) / 1000);
      onProgress(`${Math.max(0, i + 1)} of ${scrapes} scrapes`);
      await setTimeout(PAUSE_MS);
    }
    const { user, system } = process.cpuUsage(before);
    seconds.sort((a, b) => a - b);
    const quantile = (share: number) => seconds[Math.floor(share * (seconds.length - 1))] ?? Number.NaN;
    return {
      ...{ classes, scrapes, bytes },
      ...{ median: quantile(0.5), p99: quantile(0.99), largest: quantile(1) },
      processorSeconds: (user + system) / 1e6 / scrapes,
    };
  } finally {
    await served.close();
  }
}

/** A coordinator whose every class has an elite, and its metrics over HTTP. */
async function serve({
  classes,
  seed,
  directory,
}: {
  readonly classes: number;
  readonly seed: number;
  readonly directory: string;
}): Promise<{ readonly url: string; close(): Promise<void> }> {
  const network = { classes, side: 224, channels: 3, batch: 8, digest: '0'.repeat(64) } as const;
  const spec = fillSpec({ name: 'scrape', seed, model: 'simulated', islands: 8 }, network);
  const random = randomFrom(seed, 'bench', 'scrape');
  const candidate = createCandidate(randomGenome(shapeOf(spec), random), { evaluation: 0, island: 0 });
  const archive = createArchive(classes);
  for (let classId = 0; classId < classes; classId++) {
    archive.merge({ classId, confidence: Math.fround(random.uniform()), candidate });
  }
  const labels = Array.from({ length: classes }, (_, classId) => `${LABEL}${classId}`);
  const store = createSqliteStore(join(directory, 'archive.db'), labels);
  const model = { type: 'directory', path: 'none' } as const;
  const coordinator = createCoordinator({ link: createLocalHub(), store, spec, model, clock: Date.now });
  const versions = { atoll: '0', node: process.version, engine: 'simulated' };
  const metrics = createMetrics({
    ...{ registry: new Registry(), spec, versions, coordinator, store, started: Date.now() },
    committed: archive,
    disk: () => undefined,
  });
  const app = createRoutedApp({
    routes: [metricsRoute(metrics)],
    limits: HTTP_LIMITS,
    loopback: true,
    observe: metrics.observeRequest,
    onError: (error) => process.emitWarning(error),
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, limits: HTTP_LIMITS });
  return {
    url: `http://127.0.0.1:${server.port}/metrics`,
    async close() {
      await server.close();
      metrics.stop();
      await coordinator.stop();
    },
  };
}
