import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { subjectsOf } from '../../../protocol/transport/nats/subjects.js';
import { COORDINATOR, serverName, startNatsCluster, WORKER } from '../../nats-cluster.js';
import type { TestServer } from '../../nats-server.js';
import { conclude } from '../conclude.js';
import { pause } from '../inject.js';
import { leaderOf, untilCurrent } from '../replicas.js';
import { median, say, seconds } from '../say.js';
import { shuffled } from '../script.js';
import { type Stage, setStage } from '../stage.js';
import { writeWideNetwork } from '../wide-network.js';

/** A run on the three servers of ops/nats/cluster.conf. `ATOLL_SERVER_KILLS=8 ATOLL_FAULT_SEED=1 npm run test:faults`. */

const KILLS = Number(process.env.ATOLL_SERVER_KILLS ?? 8);
const SEED = Number(process.env.ATOLL_FAULT_SEED ?? Date.now() % 1_000_000);
const WORKERS = 3;
const CLASSES = 100;

let directory: string;
let wide: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-servers-'));
  wide = await writeWideNetwork(join(directory, 'wide'), CLASSES);
  say(`seed ${SEED}: ATOLL_SERVER_KILLS=${KILLS} ATOLL_FAULT_SEED=${SEED} npm run test:faults`);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A run with the users that the shipped configuration has for it, all of it well. */
async function startRun(run: string, servers: readonly TestServer[]): Promise<Stage> {
  const stage = await setStage({
    run,
    seed: SEED,
    directory,
    root: join(directory, 'runs'),
    servers,
    users: { coordinator: COORDINATOR, worker: WORKER },
    workers: WORKERS,
    evolving: ['--model', wide, '--replicas', String(servers.length)],
  });
  await stage.calm();
  return stage;
}

async function describeServer(stage: Stage, place: number): Promise<string> {
  const { stream } = subjectsOf(stage.run);
  const leads = (await leaderOf(stage.stranger, stream)) === serverName(place);
  const clients = [...stage.lines].filter(([, taps]) => taps[place]?.busy).map(([who]) => who);
  return `${serverName(place)}${leads ? ', the leader' : ''}, with ${clients.join(', ') || 'nobody'}`;
}

it('each of three servers is killed, the leader first, and the run goes on and loses nothing', async () => {
  await using cluster = await startNatsCluster({ advertise: false });
  await using stage = await startRun('servers.each', cluster.servers);
  const leader = await leaderOf(stage.stranger, subjectsOf(stage.run).stream);
  const places = [...cluster.servers.keys()].sort(
    (a, b) => Number(serverName(b) === leader) - Number(serverName(a) === leader),
  );
  const outages: number[] = [];
  for (const place of places) {
    const who = await describeServer(stage, place);
    const killed = performance.now();
    await cluster.servers[place]?.kill();
    await stage.commits();
    outages.push(performance.now() - killed);
    await stage.calm();
    const well = performance.now() - killed;
    const restarted = performance.now();
    await cluster.servers[place]?.restart();
    await untilCurrent(stage.stranger);
    say(
      `${who}: commits again after ${seconds(outages.at(-1))}, all is well after ${seconds(well)}; ` +
        `started again, it has caught up after ${seconds(performance.now() - restarted)}`,
    );
  }
  // Nobody had to be started again for it.
  expect(stage.endings).toEqual([]);
  const { acknowledged, lost, messages, complaints } = await conclude(stage);
  say(
    `outage of a killed server: median ${seconds(median(outages))}, longest ${seconds(Math.max(...outages))} ` +
      `(${outages.length} times); ${acknowledged} acknowledged, ${lost.length} lost, ${messages} messages`,
  );
  expect(complaints).toEqual([]);
});

it('servers are killed at any moment, while lines to others break, and nothing is lost', async () => {
  const random = randomFrom(SEED, 'servers');
  await using cluster = await startNatsCluster({ advertise: false });
  await using stage = await startRun('servers.any', cluster.servers);
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(random.below(2000));
    const place = random.below(cluster.servers.length);
    say(`${await describeServer(stage, place)}`);
    await cluster.servers[place]?.kill();
    // Of everyone's lines to any server, one in three breaks meanwhile, or goes silent.
    const taps = shuffled([...stage.lines.values()].flat(), random);
    for (const tap of taps.slice(0, Math.ceil(taps.length / 3))) {
      await pause(random.below(500));
      tap[random.chance(0.5) ? 'cut' : 'hole']();
    }
    await pause(random.below(6000));
    for (const tap of taps) tap.heal();
    await cluster.servers[place]?.restart();
    await stage.calm();
    await untilCurrent(stage.stranger);
  }
  const { acknowledged, lost, messages, complaints } = await conclude(stage);
  say(`${KILLS} kills: ${acknowledged} acknowledged, ${lost.length} lost, ${messages} messages`);
  expect(complaints).toEqual([]);
});
