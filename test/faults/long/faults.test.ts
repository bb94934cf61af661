import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDisk } from '../disk.js';
import { type Played, playNewRun } from '../play.js';
import { median, say, seconds } from '../say.js';
import { writeScript } from '../script.js';
import { writeWideNetwork } from '../wide-network.js';

/** `ATOLL_FAULTS=200 ATOLL_FAULT_SEED=1 npm run test:faults`: so many faults, in runs of twenty. */

const FAULTS = Number(process.env.ATOLL_FAULTS ?? 200);
const SEED = Number(process.env.ATOLL_FAULT_SEED ?? Date.now() % 1_000_000);
const FAULTS_A_RUN = 20;
const WORKERS = 3;
const WIDE_CLASSES = 1000;

let directory: string;
let wide: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-faults-'));
  wide = await writeWideNetwork(join(directory, 'wide'), WIDE_CLASSES);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What the runs evolve: the shipped network is soon certain, the wide one never is. */
const RUNS = () => [
  ['--preset', 'gradient', '--model', wide],
  ['--encoding', 'cppn', '--model', wide],
  ['--encoding', 'direct', '--model', wide],
  ['--encoding', 'cppn'],
];

it(`${FAULTS} faults, and nothing that the broker acknowledged is lost`, async () => {
  const disk = openDisk(directory);
  if (disk === undefined) say('no disk may be mounted here: none will be full');
  say(`seed ${SEED}: ATOLL_FAULTS=${FAULTS} ATOLL_FAULT_SEED=${SEED} npm run test:faults`);
  const kinds = new Map<string, number>();
  const played: Played[] = [];
  try {
    for (let number = 0; number * FAULTS_A_RUN < FAULTS; number++) {
      const count = Math.min(FAULTS_A_RUN, FAULTS - number * FAULTS_A_RUN);
      const seed = SEED * 1000 + number;
      const canFill = disk !== undefined;
      const script = writeScript(seed, count, { workers: WORKERS, quick: false, canFill });
      for (const { fault } of script) kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
      const evolving = RUNS()[number % RUNS().length] ?? [];
      const run = `faults.${number}`;
      const result = await playNewRun({
        run,
        seed,
        workers: WORKERS,
        script,
        evolving,
        directory,
        disk,
        say,
      });
      played.push(result);
      const { acknowledged, lost, jumps, messages, peakBytes, complaints } = result;
      say(
        `run ${number}: ${acknowledged} acknowledged, ${lost.length} lost, ${jumps} jumps, ${messages} messages, ` +
          `${Math.round(peakBytes / 2 ** 20)} MiB`,
      );
      for (const complaint of complaints) say(`run ${number}: ${complaint}`);
    }
  } finally {
    disk?.close();
  }
  const sum = (of: (result: Played) => number) => played.reduce((total, each) => total + of(each), 0);
  const recoveries = played.flatMap((each) => each.recoveries);
  say([...kinds].map(([kind, count]) => `${kind} ${count}`).join(', '));
  say(
    `recovery of a killed coordinator: median ${seconds(median(recoveries))}, ` +
      `longest ${seconds(Math.max(...recoveries))} (${recoveries.length} times)`,
  );
  say(
    `faults injected: ${sum(({ faults }) => faults)}, ` +
      `improvements acknowledged: ${sum(({ acknowledged }) => acknowledged)}, lost: ${sum(({ lost }) => lost.length)}`,
  );
  expect(played.flatMap(({ complaints }) => complaints)).toEqual([]);
  expect(sum(({ lost }) => lost.length)).toBe(0);
});
