import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playNewRun } from '../faults/play.js';
import { writeScript } from '../faults/script.js';
import { writeWideNetwork } from '../faults/wide-network.js';

/** The short form of the fault suite; `npm run test:faults` is the long one. */

/** Ten faults of ten kinds. */
const FAULTS = 10;
const SEED = 1563;
const WORKERS = 2;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-faults-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it(`${FAULTS} faults, and nothing that the broker acknowledged is lost`, async () => {
  const log: string[] = [];
  const evolving = ['--model', await writeWideNetwork(directory, 100)];
  const script = writeScript(SEED, FAULTS, { workers: WORKERS, quick: true, canFill: false });
  const say = (line: string) => void log.push(line);
  const run = { run: 'short', seed: SEED, workers: WORKERS, script, evolving, directory, say };
  const { acknowledged, lost, complaints } = await playNewRun(run);
  expect(complaints, log.join('\n')).toEqual([]);
  expect(lost).toEqual([]);
  expect(acknowledged).toBeGreaterThan(100);
}, 120_000);
