import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteReader } from '../../../coordinator/store/sqlite-reader.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { startNatsServer } from '../../nats-server.js';
import { conclude } from '../conclude.js';
import { pause } from '../inject.js';
import { median, say, seconds } from '../say.js';
import { type Recovery, type Stage, setStage } from '../stage.js';
import { writeWideNetwork } from '../wide-network.js';

/** `ATOLL_KILLS=7 ATOLL_FAULT_SEED=1 npm run test:faults`. */

const KILLS = Number(process.env.ATOLL_KILLS ?? 7);
const SEED = Number(process.env.ATOLL_FAULT_SEED ?? Date.now() % 1_000_000);
const WORKERS = 3;
const CLASSES = 1000;
/** The one place where a duration is the promise: from the start of the process to its first commit. */
const RECOVERY_MS = 5000;
const FILLED_MS = 300_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-recovery-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Resolves when every class has an elite, and those are of so many genomes. */
async function untilFull(stage: Stage, genomes: number): Promise<number> {
  for (const deadline = performance.now() + FILLED_MS; performance.now() < deadline; await pause(500)) {
    const reader = openSqliteReader(join(stage.runDirectory, 'archive.db'));
    const elites = reader.elites();
    reader.close();
    const distinct = new Set(elites.map(({ genome }) => genome.digest)).size;
    if (elites.length === CLASSES && distinct >= genomes) {
      return elites.reduce((sum, { genome }) => sum + genome.bytes.length, 0);
    }
  }
  throw new Error(`expected an archive of ${CLASSES} classes after ${FILLED_MS} ms`);
}

it.each([
  { encoding: 'cppn', side: 8, genomes: CLASSES / 2 },
  { encoding: 'direct', side: 64, genomes: CLASSES / 2 },
])('a coordinator of 1000 classes, $encoding, that is killed commits again within 5 s', async (run) => {
  const { encoding, side, genomes } = run;
  const random = randomFrom(SEED, 'recovery', encoding);
  const model = await writeWideNetwork(join(directory, encoding), CLASSES, side);
  await using server = await startNatsServer();
  await using stage = await setStage({
    run: `recovery.${encoding}`,
    seed: SEED,
    directory,
    root: join(directory, 'runs'),
    servers: [server],
    workers: WORKERS,
    evolving: ['--encoding', encoding, '--model', model],
  });
  say(`seed ${SEED}: ATOLL_KILLS=${KILLS} ATOLL_FAULT_SEED=${SEED} npm run test:faults`);
  await stage.calm();
  const bytes = await untilFull(stage, genomes);
  say(`${encoding}: ${CLASSES} classes, ${(bytes / 2 ** 20).toFixed(1)} MiB of genomes`);
  const recoveries: Recovery[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(random.below(3000));
    const before = stage.recoveries.length;
    await stage.coordinator.kill();
    await stage.calm();
    const [recovery] = stage.recoveries.slice(before);
    if (recovery === undefined) throw new Error('expected a coordinator that commits again');
    recoveries.push(recovery);
    say(
      `${encoding}: recovered in ${seconds(recovery.total)}, ${seconds(recovery.queued)} of it without a core`,
    );
  }
  const totals = recoveries.map(({ total }) => total);
  const own = recoveries.map(({ total, queued }) => total - queued);
  const { acknowledged, lost, jumps, peakBytes, complaints } = await conclude(stage);
  say(
    `${encoding}: recovery of a killed coordinator: median ${seconds(median(totals))}, longest ` +
      `${seconds(Math.max(...totals))} (${KILLS} times); with a core of its own ${seconds(median(own))}, ` +
      `${seconds(Math.max(...own))}; ${acknowledged} acknowledged, ${lost.length} lost, ` +
      `${jumps} jumps, ${Math.round(peakBytes / 2 ** 20)} MiB`,
  );
  expect(complaints).toEqual([]);
  expect(Math.max(...totals)).toBeLessThan(RECOVERY_MS);
});
