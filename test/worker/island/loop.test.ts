import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../protocol/archive/entries.js';
import { randomFrom } from '../../../protocol/random.js';
import type { RunSpec } from '../../../protocol/run-spec.js';
import { channelPair } from '../../../protocol/transport/local/channel.js';
import { createLocalHub } from '../../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../../protocol/transport/local/island-link.js';
import type { Arrival, Migrants, Welcome } from '../../../protocol/wire/messages.js';
import { runIsland } from '../../../worker/island/loop.js';
import { createStripes, foundIsland, stripesSpec } from './fixtures.js';

/** An island on a real link, and a coordinator that stores whatever comes. */
function setUp(spec: RunSpec, quota: number) {
  const hub = createLocalHub();
  const [near, far] = channelPair();
  hub.attach(near);
  const sent: Migrants[] = [];
  const real = createLocalIslandLink(far);
  const link = {
    ...real,
    migrate(migrants: Migrants) {
      sent.push(migrants);
      return real.migrate(migrants);
    },
  };
  const events: string[] = [];
  const arrivals: Arrival[] = [];
  void (async () => {
    for await (const event of hub.inbox) {
      events.push(event.type);
      if (event.type === 'join') event.welcome(welcome(quota));
      if (event.type !== 'improvements') continue;
      arrivals.push(...(event.improvements.arrivals ?? []));
      event.ack();
    }
  })();
  const island = foundIsland(spec);
  const run = async () => {
    await link.join({ worker: 'w', pid: 1 });
    const parts = { island, welcome: welcome(quota), spec, classifier: createStripes(), link };
    await runIsland({ ...parts, random: randomFrom(1), clock: () => performance.now() / 1000 });
  };
  return { hub, island, run, sent, events, arrivals };
}

function welcome(evaluationQuota: number): Welcome {
  return {
    island: 0,
    spec: '',
    modelDigest: '',
    modelDirectory: '',
    evaluationQuota,
    neighbours: [1],
    elites: [],
  };
}

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the island loop', () => {
  it('ends at its quota, with everything stored', async () => {
    const { island, run, events, hub } = setUp(stripesSpec(), 101);
    await run();
    expect(island.checkpoint().totals.evaluations).toBe(101);
    expect(events.at(-1)).toBe('improvements');
    await hub.close();
  });

  it('pauses, resumes and stops when it is told to', async () => {
    const { hub, island, run } = setUp(stripesSpec(), 0);
    const running = run();
    await later(50);
    hub.command(0, { type: 'pause' });
    await later(50);
    const before = island.checkpoint().totals.evaluations;
    await later(50);
    expect(island.checkpoint().totals.evaluations).toBe(before);
    hub.command(0, { type: 'resume' });
    await later(50);
    expect(island.checkpoint().totals.evaluations).toBeGreaterThan(before);
    hub.command(0, { type: 'stop' });
    await running;
    await hub.close();
  });

  it('ends when nobody is left to evolve for', async () => {
    const { hub, run } = setUp(stripesSpec(), 0);
    const running = run();
    await later(30);
    await hub.close();
    await running;
  });

  it.each([
    { topology: 'full', type: 'broadcast', passed: false },
    { topology: 'full', type: 'p2p', passed: true },
    { topology: 'ring', type: 'broadcast', passed: true },
    { topology: 'torus', type: 'p2p', passed: true },
  ] as const)(
    'where neighbours form a $topology ($type), migrants are passed on: $passed, and never twice',
    async (row) => {
      const spec = stripesSpec({ islands: 6, migration: { topology: row.topology, type: row.type } });
      const { hub, run, sent, arrivals } = setUp(spec, 0);
      const abroad = foundIsland({ ...spec, seed: 77 });
      for (let i = 0; i < 200; i++) await abroad.step(100);
      const entries = entriesOf(abroad.archive.elites()).map((entry) => ({ ...entry, island: 5 }));
      const elites = entries.reduce((count, { classIds }) => count + classIds.length, 0);
      const running = run();
      const [near, far] = channelPair();
      hub.attach(near);
      const neighbour = createLocalIslandLink(far);
      await later(20);
      for (let i = 0; i < 3; i++) {
        neighbour.migrate({ island: 5, destinations: [0], entries });
        await later(20);
      }
      // Whoever is no island of the run is not heard.
      neighbour.migrate({ island: 6, destinations: [0], entries });
      await later(20);
      hub.command('all', { type: 'stop' });
      await running;
      await hub.close();
      const foreign = sent.flatMap(({ entries }) => entries).filter(({ island }) => island === 5);
      expect(foreign.length > 0).toBe(row.passed);
      const genomes = foreign.map(({ genome }) => Buffer.from(genome).toString('hex'));
      expect(new Set(genomes).size).toBe(genomes.length);
      expect(new Set(arrivals.map(({ source }) => source))).toEqual(new Set([5]));
      expect(arrivals.reduce((count, { moved }) => count + moved, 0)).toBe(3 * elites);
      expect(arrivals.reduce((count, { won }) => count + won, 0)).toBe(elites);
    },
  );
});
