import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { type FuzzedRun, startFuzzedRun } from './fuzzed-run.js';
import { badRequest } from './requests.js';

/** A real run's HTTP under fire. `ATOLL_FUZZ` says how many requests are sent. */

const REQUESTS = Number(process.env.ATOLL_FUZZ ?? 3000);
const SEED = Number(process.env.ATOLL_FUZZ_SEED ?? 1);
const AT_ONCE = 64;
/** A connection that lingers and on which nothing comes is given up; what it is for was sent. */
const PATIENCE_MS = 500;
/** Once everything has been asked for, the process may have this much more at the end. */
const MAX_GROWTH = 48 << 20;

let run: FuzzedRun;
beforeAll(async () => {
  run = await startFuzzedRun('fuzz');
});
afterAll(() => run.remove());

/** Sends bytes on a connection of their own, and gives the status codes that came back. */
function send(number: number): Promise<number[]> {
  const random = randomFrom(SEED, 'request', number);
  const bytes = Buffer.from(badRequest(random), 'latin1');
  const cut = random.chance(0.3) ? random.below(bytes.length + 1) : bytes.length;
  const leaves = random.chance(0.1);
  const lingers = random.chance(0.1);
  // Each address of loopback is one to the limit of rates; elsewhere than on Linux there is one only.
  const from =
    process.platform === 'linux' ? `127.0.${random.below(256)}.${1 + random.below(254)}` : undefined;
  return new Promise((resolve) => {
    const chunks: string[] = [];
    const port = Number(new URL(run.address.url).port);
    const socket = createConnection({ port, host: '127.0.0.1', ...(from && { localAddress: from }) });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () =>
      resolve([...chunks.join('').matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => Number(code))),
    );
    socket.on('connect', () => {
      socket.write(bytes.subarray(0, cut));
      if (leaves) socket.destroy();
      else
        setImmediate(() => (lingers ? socket.write(bytes.subarray(cut)) : socket.end(bytes.subarray(cut))));
    });
  });
}

/** What is stored of the run. */
async function stored(): Promise<string> {
  const archive = await (await fetch(`${run.address.url}/api/archive`)).text();
  return `${archive} after ${await run.figure('atoll_evaluations_total')}`;
}

/** What is stored once nothing more comes of what was on its way. */
async function settled(): Promise<string> {
  for (let last = ''; ; ) {
    const now = await stored();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

it(`${REQUESTS} malformed requests neither crash a coordinator, nor change its run, nor stay in its memory`, async () => {
  const before = await settled();

  const codes = new Map<number, number>();
  let next = 0;
  let warm = Number.NaN;
  async function sendOn(): Promise<void> {
    for (let number = next++; number < REQUESTS; number = next++) {
      for (const code of await send(number)) codes.set(code, (codes.get(code) ?? 0) + 1);
      if (number === Math.floor(REQUESTS / 3)) warm = await run.memory();
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));

  const grown = (await run.memory()) - warm;
  expect((await run.client.run()).state).toBe('paused');
  expect(await stored()).toBe(before);
  expect((await fetch(`${run.address.url}/readyz`)).status).toBe(200);
  // Every kind of answer came: what is refused is refused for many reasons.
  expect([200, 400, 401, 404, 405].filter((code) => !codes.has(code))).toEqual([]);
  expect([...codes.keys()].filter((code) => code >= 500 && code !== 503)).toEqual([]);
  expect(grown).toBeLessThan(MAX_GROWTH);
  process.stderr.write(
    `${JSON.stringify({ requests: REQUESTS, codes: Object.fromEntries(codes), grown })}\n`,
  );
  expect(await run.end()).toBe(0);
}, 3_600_000);
