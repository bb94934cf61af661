import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCoordinatorClient } from '../../coordinator/http/client.js';
import type { IslandView, RunView } from '../../coordinator/http/views.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { EngineName } from '../../protocol/spec/engine-names.js';
import { connectIsland } from '../../protocol/transport/nats/island-link.js';
import type { Improvements } from '../../protocol/wire/messages.js';
import { openRunClassifier } from '../../worker/classifier/open.js';
import { work } from '../../worker/worker.js';
import { freePort, startNatsServer, type TestServer } from '../nats-server.js';
import { endAll, type Running, start, untilSaid } from '../ops/running.js';

/**
 * Audits at their default settings, on networks of the ImageNet: a real broker, a coordinator and an honest worker in
 * processes of their own, and a second island here. ATOLL_AUDIT_MINUTES: how long honest islands are watched.
 */

const MINUTES = Number(process.env.ATOLL_AUDIT_MINUTES ?? 1);
const MODELS = new URL('../../../shared/models', import.meta.url).pathname;
const SQUEEZENET = join(MODELS, 'onnx/squeezenet1.1-7.onnx');
const MOBILENET = join(MODELS, 'tfjs/mobilenet_v1_0.25_224');

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-audits-'));
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Seen {
  readonly run: RunView;
  readonly islands: readonly IslandView[];
  readonly seconds: number;
}

/** Runs two islands until `over` says so, the second one here; returns what the coordinator said last. */
async function runPair(
  name: string,
  model: readonly string[],
  second: {
    readonly engine: EngineName;
    readonly tell?: (improvements: Improvements) => Improvements;
  },
  over: (seen: Seen) => boolean,
): Promise<Seen> {
  const environment = {
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_STATE_HOME: join(directory, 'state'),
  };
  const broker = ['--nats', server.url, '--run', name];
  const port = await freePort();
  const processes: Running[] = [];
  const flags = ['--runs', directory, '--islands', '2', '--evaluations', '100000000', '--http', `${port}`];
  processes.push(start(environment, 'coordinator', ...broker, ...flags, ...model));
  try {
    for (const each of processes) await untilSaid(each, 'waiting for workers');
    processes.push(start(environment, 'worker', ...broker, '--name', 'honest'));
    const { tell } = second;
    const link = await connectIsland({ servers: [server.url], run: name });
    const working = work({
      link: tell ? { ...link, improve: (improvements) => link.improve(tell(improvements)) } : link,
      name: 'second',
      pid: process.pid,
      openClassifier: (_, spec) =>
        openRunClassifier(join(directory, name, 'model'), spec, { engine: second.engine, device: 'cpu' }),
      openDrawer: loadDrawer,
      clock: () => performance.now() / 1000,
    }).catch(() => undefined);
    const client = createCoordinatorClient(`http://127.0.0.1:${port}`);
    const began = performance.now();
    for (;;) {
      await pause(500);
      // TensorFlow.js holds this process's thread for so long that a connection may be closed meanwhile.
      const answers = await Promise.all([client.run(), client.islands()]).catch(() => undefined);
      if (answers === undefined) continue;
      const [run, { islands }] = answers;
      const seen = { run, islands, seconds: (performance.now() - began) / 1000 };
      if (!over(seen)) continue;
      link.leave();
      await working;
      await link.close();
      return seen;
    }
  } finally {
    await endAll(processes);
  }
}

const suspectsOf = ({ islands }: Seen) => islands.flatMap(({ worker, suspect }) => (suspect ? [worker] : []));
const isAudited = ({ run }: Seen) => run.audits.held > 0;

describe.skipIf(!existsSync(MODELS))('audits (they need ../shared)', () => {
  it('find a worker that adds .1 within two minutes on SqueezeNet, and not the honest one', {
    timeout: 180_000,
  }, async () => {
    const lie = (improvements: Improvements): Improvements => ({
      ...improvements,
      entries: improvements.entries.map((find) => ({
        ...find,
        confidences: find.confidences.map((confidence) => Math.min(1, confidence + 0.1)),
      })),
    });
    const seen = await runPair(
      'liar',
      ['--model', SQUEEZENET],
      { engine: 'onnx', tell: lie },
      (each) => suspectsOf(each).length > 0 || each.seconds > 120,
    );
    expect(suspectsOf(seen)).toEqual(['second']);
    console.log(`suspect after ${seen.seconds.toFixed(1)} s`);
  });

  it('never suspect an honest pair on ONNX Runtime and TensorFlow.js', {
    timeout: (MINUTES + 2) * 60_000,
  }, async () => {
    const seen = await runPair(
      'engines',
      ['--model', MOBILENET],
      { engine: 'tensorflow' },
      (each) => each.seconds > MINUTES * 60 || suspectsOf(each).length > 0,
    );
    console.log(`${MINUTES} min: ${JSON.stringify(seen.run.audits)}`);
    expect(suspectsOf(seen)).toEqual([]);
    expect(seen.run.audits.differed).toBe(0);
    expect(isAudited(seen)).toBe(true);
  });
});
