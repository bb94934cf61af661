import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InterruptedError } from '../../../protocol/base/errors.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Encoding } from '../../../protocol/encodings/names.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { connectIsland, type NatsIslandLink } from '../../../protocol/transport/nats/island-link.js';
import { startCoordinator } from './coordinator-child.js';
import { createLandscape } from './landscape.js';
import { createLatencies } from './latencies.js';
import { startLoad } from './load.js';
import { measure, type Snapshot, type SwarmBench } from './measurement.js';
import { joinSwarm, type SimulatedIsland } from './simulated-island.js';

export interface SwarmRequest {
  readonly servers: readonly string[];
  readonly islands: number;
  readonly encoding: Encoding;
  /** Elites a second of one island; 0: each finds the next as soon as the last is stored. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Where the coordinator's archive is kept meanwhile. */
  readonly directory: string;
  /** Seconds of processor time that the broker has used, where that can be told. */
  readonly brokerSeconds: () => number | undefined;
  readonly onProgress: (text: string) => void;
  /** Ends the bench before its time. */
  readonly signal: AbortSignal;
}

/** Classes and side of an ImageNet network, which is what swarms are for. */
const NETWORK = { classes: 1000, side: 224, channels: 3, batch: 8, digest: '0'.repeat(64) } as const;
/** Evaluations between two sendings of migrants: a quarter of a minute of an island. */
const INTERVAL = 1000;
const JOINING_AT_A_TIME = 32;
/** The start is not measured: compilers settle, and islands are told of their neighbours. */
const WARM_UP_SECONDS = 3;
/** How long what was published last may take to be committed. */
const DRAIN_SECONDS = 10;

/** Milliseconds since 1970, in fractions: the same clock in all processes of a machine. */
const now = () => performance.timeOrigin + performance.now();
/** Seconds, monotone. */
const clock = () => performance.now() / 1000;

/**
 * Measures a coordinator, in a process of its own, under a swarm of simulated islands, in this one. Rejects when the
 * broker or the coordinator fails, and with an {@link InterruptedError} when the signal is aborted.
 */
export async function benchSwarm(request: SwarmRequest): Promise<SwarmBench> {
  const { servers, directory, seconds, seed, onProgress } = request;
  const spec = specOf(request);
  const [committed, stored] = [createLatencies(), createLatencies()];
  const archiveFile = join(directory, `${spec.name}.db`);
  const coordinator = await startCoordinator({ servers, spec, archiveFile }, committed.end);
  const links: NatsIslandLink[] = [];
  let measuring = false;
  // The client makes an error for each request, in case it needs one: a tenth of the time of so many islands' process.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;

  const enter = async (name: string): Promise<SimulatedIsland> => {
    const link = await connectIsland({ servers, run: spec.name });
    links.push(link);
    return joinSwarm({
      link,
      name,
      clock,
      onPublish(island, sequence) {
        if (!measuring) return;
        committed.begin(island, sequence, now());
        stored.begin(island, sequence, now());
      },
      onStored: (island, sequence) => stored.end(island, sequence, now()),
    });
  };

  try {
    const islands = await enterAll(request, enter);
    const load = startLoad({
      islands,
      landscape: createLandscape(spec, randomFrom(seed, 'swarm', 'landscape')),
      random: randomFrom(seed, 'swarm', 'load'),
      rate: request.rate * islands.length,
      clock,
    });
    const snapshot = (): Snapshot => {
      const broker = request.brokerSeconds();
      return {
        at: clock(),
        coordinator: coordinator.usage(),
        elites: load.elites,
        evaluations: islands.reduce((sum, { evaluations }) => sum + evaluations, 0),
        sent: links.reduce((sum, { traffic }) => sum + traffic.sent, 0),
        received: links.reduce((sum, { traffic }) => sum + traffic.received, 0),
        ...(broker !== undefined && { broker }),
      };
    };
    try {
      await setTimeout(1000 * Math.min(WARM_UP_SECONDS, seconds));
      measuring = true;
      const snapshots: [Snapshot, ...Snapshot[]] = [snapshot()];
      for (let second = 1; second <= seconds; second++) {
        await setTimeout(1000);
        checkInterruption(request);
        snapshots.push(snapshot());
        onProgress(`${request.islands} islands: ${second} of ${seconds} s`);
      }
      measuring = false;
      load.stop();
      // Taken now: what is still on its way counts as late, however late it comes.
      const backlog = committed.waiting - stored.waiting;
      const deadline = clock() + DRAIN_SECONDS;
      while (committed.waiting > 0 && clock() < deadline) await setTimeout(20);
      return { ...measure(islands.length, snapshots, { committed, stored }), backlog };
    } finally {
      load.stop();
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    await Promise.all(links.map((link) => link.close()));
    await coordinator.stop();
  }
}

function checkInterruption({ signal }: SwarmRequest): void {
  if (signal.aborted) throw new InterruptedError('Interrupted. Nothing was measured, and no file is left.');
}

/** All islands, some of them at a time. */
async function enterAll(
  request: SwarmRequest,
  enter: (name: string) => Promise<SimulatedIsland>,
): Promise<SimulatedIsland[]> {
  const { islands: count, onProgress } = request;
  const islands: SimulatedIsland[] = [];
  while (islands.length < count) {
    const some = Math.min(JOINING_AT_A_TIME, count - islands.length);
    const names = Array.from({ length: some }, (_, i) => `swarm-${islands.length + i}`);
    islands.push(...(await Promise.all(names.map(enter))));
    checkInterruption(request);
    onProgress(`${count} islands: ${islands.length} have joined`);
  }
  return islands;
}

function specOf({ islands, encoding, seed }: SwarmRequest): RunSpec {
  return fillSpec(
    {
      name: `swarm-${islands}-${process.pid}`,
      seed,
      model: 'simulated',
      encoding,
      islands,
      // The bench ends it.
      budget: { minutes: 24 * 60 },
      migration: { topology: 'ring', interval: INTERVAL },
    },
    NETWORK,
  );
}
