import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { decodeLive } from '../../protocol/wire/live-codec.js';
import { badFrames } from './frames.js';
import { type FuzzedRun, startFuzzedRun } from './fuzzed-run.js';

/** A real run's WebSocket under fire. `ATOLL_FUZZ` says how many connections send frames that make no sense. */

const CONNECTIONS = Number(process.env.ATOLL_FUZZ ?? process.env.ATOLL_FUZZ_FRAMES ?? 500);
const SEED = Number(process.env.ATOLL_FUZZ_SEED ?? 1);
const AT_ONCE = 64;
const HANDSHAKE_MS = 30_000;
/** A frame that is not whole is waited for by the other end; we do not. */
const PATIENCE_MS = 300;
/** Once everything was tried, the process may have this much more at the end: garbage that nobody has collected yet. */
const MAX_GROWTH = 96 << 20;

let run: FuzzedRun;
beforeAll(async () => {
  run = await startFuzzedRun('frames');
});
afterAll(() => run.remove());

/** Opens a WebSocket, sends what makes no sense, and waits until it is closed; gives the status of the handshake. */
function send(number: number): Promise<number> {
  const random = randomFrom(SEED, 'frames', number);
  const bytes = badFrames(random);
  const leaves = random.chance(0.2);
  const takesNothing = random.chance(0.2);
  const from =
    process.platform === 'linux' ? `127.0.${random.below(256)}.${1 + random.below(254)}` : undefined;
  const port = Number(new URL(run.address.url).port);
  return new Promise((resolve) => {
    let status = 0;
    const socket = createConnection({ port, host: '127.0.0.1', ...(from && { localAddress: from }) });
    let timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
    socket.once('data', (chunk) => {
      clearTimeout(timer);
      // The state of the run comes every second, and is no sign that anything is waited for.
      timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
      status = Number(chunk.toString('latin1').slice(9, 12));
      if (takesNothing) socket.pause();
      socket.write(bytes);
      if (leaves) socket.destroy();
    });
    socket.on('data', () => undefined);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(status);
    });
    socket.write(
      'GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  });
}

it(`${CONNECTIONS} connections full of nonsense neither crash a coordinator nor stay in its memory`, async () => {
  const codes = new Map<number, number>();
  let next = 0;
  let warm = Number.NaN;
  async function sendOn(): Promise<void> {
    for (let number = next++; number < CONNECTIONS; number = next++) {
      const code = await send(number);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (number === Math.floor(CONNECTIONS / 3)) warm = await run.memory();
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));

  const grown = (await run.memory()) - warm;
  expect((await run.client.run()).state).toBe('paused');
  expect((await fetch(`${run.address.url}/readyz`)).status).toBe(200);
  expect([...codes.keys()]).toEqual([101]);
  expect(grown).toBeLessThan(MAX_GROWTH);
  process.stderr.write(`${JSON.stringify({ connections: CONNECTIONS, grown })}\n`);
  // A page finds everything as it was.
  const page = new WebSocket(`${run.address.url.replace('http:', 'ws:')}/api/live`);
  const cells = await new Promise<number>((resolve) => {
    page.on('message', (data) => {
      const message = decodeLive(data as Buffer);
      if (message.type === 'cells') resolve(message.cells.length);
    });
  });
  page.terminate();
  expect(cells).toBe(10);
  expect(await run.end()).toBe(0);
}, 3_600_000);
