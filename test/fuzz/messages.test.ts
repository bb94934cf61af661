import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type MsgHdrs } from 'nats';
import { expect, it } from 'vitest';
import { readElites } from '../../coordinator/intake/restore.js';
import { openSqliteReader } from '../../coordinator/store/sqlite-reader.js';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { encodeGenome } from '../../protocol/encodings/codec.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import { randomGenome } from '../../protocol/encodings/variation.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import { checkSpec } from '../../protocol/spec/run-spec.js';
import { connectIsland } from '../../protocol/transport/nats/island-link.js';
import { ORDER, PART, SEEN, SESSION, subjectsOf } from '../../protocol/transport/nats/subjects.js';
import { NO_TOTALS } from '../../protocol/wire/totals.js';
import { startNatsServer } from '../nats-server.js';
import { startAtoll } from '../ops/atoll.js';
import { until } from '../protocol/transport/nats/cluster.js';
import { nextMessage, wholeMessages } from './mutations.js';

/** How many; the long form is `ATOLL_FUZZ=1000000 npm run test:fuzz`. */
const MESSAGES = Number(process.env.ATOLL_FUZZ ?? 3000);
const SEED = Number(process.env.ATOLL_FUZZ_SEED ?? 1);
/** Messages between two waits for the broker, and between two improvements of the island that is genuine. */
const BURST = 500;
const GROWTH_MEGABYTES = 100;
const RUN = 'fuzzed';

function randomHeader(random: RandomStream): MsgHdrs {
  const header = headers();
  const values = ['', 'stranger', '0', '-1', '1 2 3', 'x'.repeat(300), `${Number.MAX_SAFE_INTEGER} 1 1`];
  for (const name of [SESSION, ORDER, PART, SEEN]) {
    if (random.chance(0.7)) header.set(name, values[random.below(values.length)] ?? '');
  }
  return header;
}

function randomSubject(random: RandomStream): string {
  const of = subjectsOf(RUN);
  const island = [0, 1, 2, 3, 999_999_999][random.below(5)] ?? 0;
  const subjects = [
    of.join,
    of.welcome,
    of.presence,
    of.improve(island),
    of.farewell(island),
    of.heartbeat(island),
    of.command('all'),
    of.migrants(island),
    `${of.improve('*').replace('*', 'none')}`,
  ];
  return subjects[random.below(subjects.length)] ?? of.join;
}

function megabytesOf(pid: number): number | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1]) / 1000;
}

it(
  `${MESSAGES} messages that make no sense neither stop a coordinator nor swell it nor cost it an elite (seed ${SEED})`,
  async () => {
    const random = randomFrom(SEED, 'fuzz', 'messages');
    const directory = await mkdtemp(join(tmpdir(), 'atoll-fuzz-'));
    const server = await startNatsServer();
    const flags = ['--islands', '4', '--minutes', '600', '--seed', '1', '--runs', directory];
    const coordinator = startAtoll(['coordinator', '--nats', server.url, '--run', RUN, ...flags]);
    const stranger = await connect({ servers: server.url });
    const link = await connectIsland({ servers: [server.url], run: RUN });
    try {
      const welcome = await link.join({ worker: 'genuine', pid: 1 });
      const spec = checkSpec(JSON.parse(welcome.spec));
      const genome = encodeGenome(randomGenome(shapeOf(spec), random));
      const whole = wholeMessages(genome);
      const answered = () => stranger.request(subjectsOf(RUN).presence, undefined, { timeout: 10_000 });
      let improvements = 0;
      let before: number | undefined;

      for (let sent = 0; sent < MESSAGES; sent++) {
        const options = {
          ...(random.chance(0.9) && { headers: randomHeader(random) }),
          ...(random.chance(0.3) && { reply: 'nobody.listens' }),
        };
        stranger.publish(randomSubject(random), nextMessage(whole, genome, random), options);
        if (sent % BURST !== 0) continue;
        await stranger.flush();
        await link.improve({
          island: welcome.island,
          sequence: ++improvements,
          entries: [
            {
              genome,
              classIds: [0],
              confidences: [Math.fround(improvements / (2 + MESSAGES / BURST))],
              evaluation: improvements,
              island: welcome.island,
            },
          ],
        });
        await answered();
        if (sent >= MESSAGES / 4) before ??= megabytesOf(coordinator.pid ?? 0);
      }

      // A last improvement comes after everything else: when it is there, all was read.
      const last = { genome, classIds: [9], confidences: [1], evaluation: 1, island: welcome.island };
      const checkpoint = { totals: { ...NO_TOTALS, evaluations: 1 }, random: Buffer.alloc(16, 1) };
      await link.improve({ island: welcome.island, sequence: ++improvements, entries: [last], checkpoint });
      const reader = openSqliteReader(join(directory, RUN, 'archive.db'));
      await until(() => reader.confidences()[9] === 1);
      await answered();
      expect(coordinator.exitCode, coordinator.said()).toBeNull();
      const after = megabytesOf(coordinator.pid ?? 0);
      if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(GROWTH_MEGABYTES);

      const elites = readElites(reader);
      reader.close();
      expect(elites.length).toBeGreaterThanOrEqual(2);
      for (const { confidence, candidate } of elites) {
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        expect(digestOf(candidate.bytes)).toBe(candidate.digest);
      }
      const greatest = Math.fround((improvements - 1) / (2 + MESSAGES / BURST));
      expect(elites.find(({ classId }) => classId === 0)?.confidence).toBeGreaterThanOrEqual(greatest);
    } finally {
      await link.close();
      await stranger.close();
      if (coordinator.exitCode === null) {
        const ended = once(coordinator, 'exit');
        coordinator.kill('SIGKILL');
        await ended;
      }
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
  60_000 + MESSAGES,
);
