import { describe, expect, it, vi } from 'vitest';
import { entriesOf } from '../../../protocol/archive/entries.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { channelPair } from '../../../protocol/transport/local/channel-pair.js';
import { createLocalHub } from '../../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../../protocol/transport/local/island-link.js';
import type { Arrival, Audited, Migrants, Welcome } from '../../../protocol/wire/messages.js';
import { createDrawnScorer } from '../../../worker/drawn-scorer.js';
import { runIsland } from '../../../worker/island/loop.js';
import type { IslandFigures, IslandWatch, StepTimes } from '../../../worker/island/watch.js';
import { candidateOf, eliteOf } from './elites.js';
import { CLASSES, contentOf, createStripes, foundIsland, stripesSpec } from './fixtures.js';

/** An island on a real link, and a coordinator that stores whatever comes. */
function setUp(spec: RunSpec, quota: number, watch?: IslandWatch, costQuota = 0) {
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
  /** Confidences that were sent home, by class. */
  const home = new Map<number, number>();
  /** Set it to have the coordinator keep its answers to itself. */
  const coordinator: { busy?: Promise<void> } = {};
  const arrivals: Arrival[] = [];
  const audited: Audited[] = [];
  void (async () => {
    for await (const event of hub.inbox) {
      events.push(event.type);
      if (event.type === 'join') event.welcome(welcome(quota, costQuota));
      if (event.type === 'audited') audited.push(event.audited);
      if (event.type !== 'improvements') continue;
      const { arrivals: came = [], entries } = event.improvements;
      arrivals.push(...came);
      for (const { classIds, confidences } of entries) {
        for (const [i, classId] of classIds.entries()) home.set(classId, confidences[i] ?? 0);
      }
      await coordinator.busy;
      event.ack();
    }
  })();
  const island = foundIsland(spec);
  const run = async () => {
    await link.join({ worker: 'w', pid: 1 });
    const classifier = createStripes();
    const { score } = createDrawnScorer({ drawer: loadDrawer(), classifier, views: spec.views });
    const parts = { island, welcome: welcome(quota, costQuota), spec, classifier, score, link };
    const more = watch && { watch };
    await runIsland({ ...parts, random: randomFrom(1), clock: () => performance.now() / 1000, ...more });
  };
  return { hub, island, run, sent, events, home, coordinator, arrivals, audited };
}

const foundElites = () => [eliteOf(0, 0.5), eliteOf(1, 0.25)];

function welcome(evaluationQuota: number, costQuota = 0): Welcome {
  return {
    island: 0,
    spec: '',
    modelDigest: '',
    model: { type: 'directory', path: '' },
    evaluationQuota,
    costQuota,
    neighbours: [1],
    elites: [],
    suspects: [],
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

  it('ends at its quota of forward passes', async () => {
    const { island, run, hub } = setUp(stripesSpec(), 0, undefined, 50);
    await run();
    // With the batch of four that reaches it.
    expect(island.totals).toMatchObject({ evaluations: 52, cost: 52 });
    await hub.close();
  });

  it('ends with the same archive and random stream, however much it is asked to audit', async () => {
    const undisturbed = setUp(stripesSpec(), 301);
    await undisturbed.run();
    const { hub, island, run, audited } = setUp(stripesSpec(), 301);
    const genome = encodeGenome(candidateOf(1).genome);
    let number = 0;
    const asking = setInterval(() => hub.audit(0, { number: number++, genome, classIds: [1] }), 1);
    await run();
    clearInterval(asking);
    expect(audited.length).toBeGreaterThan(0);
    expect(contentOf(island)).toEqual(contentOf(undisturbed.island));
    expect(island.checkpoint().random).toEqual(undisturbed.island.checkpoint().random);
    await Promise.all([hub.close(), undisturbed.hub.close()]);
  });

  it('takes no migrants of a suspect island', async () => {
    const { hub, run, arrivals } = setUp(stripesSpec({ islands: 3 }), 0);
    const running = run();
    await later(50);
    hub.command(0, { type: 'neighbours', islands: [], suspects: [2] });
    await later(20);
    const [near, far] = channelPair();
    hub.attach(near);
    const other = createLocalIslandLink(far);
    const entries = entriesOf([...foundElites()]);
    other.migrate({ island: 2, destinations: [0], entries });
    await later(50);
    other.migrate({ island: 1, destinations: [0], entries });
    await vi.waitFor(() => expect(arrivals).not.toEqual([]), 10_000);
    expect(arrivals.map(({ source }) => source)).toEqual([1]);
    hub.command(0, { type: 'stop' });
    await running;
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

  it('sends home all that it found while it is paused', async () => {
    const { hub, island, run, home, coordinator } = setUp(stripesSpec(), 0);
    let answer = () => {};
    coordinator.busy = new Promise((resolve) => {
      answer = resolve;
    });
    const running = run();
    await vi.waitFor(() => expect(home.size).toBeGreaterThan(0), 10_000);
    // What is found from here on waits for the answer to what was sent before.
    const found = () =>
      new Map([...island.archive.elites()].map((elite) => [elite.classId, elite.confidence]));
    await vi.waitFor(() => expect(found()).not.toEqual(home), 10_000);
    hub.command(0, { type: 'pause' });
    answer();
    await vi.waitFor(() => expect(home).toEqual(found()), 10_000);
    hub.command(0, { type: 'stop' });
    await running;
    await hub.close();
  });

  it('tells who watches how it stands and how long every step took', async () => {
    const steps: StepTimes[] = [];
    const told: IslandFigures[] = [];
    let read: (() => IslandFigures) | undefined;
    const { island, run, hub } = setUp(stripesSpec({ batch: 20 }), 101, {
      begin(figures) {
        read = figures;
        told.push(figures());
      },
      step: (times) => steps.push(times),
      end: () => read && told.push(read()),
    });
    await run();
    const { totals } = island.checkpoint();
    const constant = {
      island: 0,
      engine: 'onnx',
      device: 'test',
      batch: 20,
      classes: CLASSES,
      paused: false,
    };
    expect(told).toMatchObject([
      { ...constant, filled: 0, pending: 0, totals: { evaluations: 0 } },
      { ...constant, filled: island.archive.filled, pending: 0, totals, migrants: { moved: 0, won: 0 } },
    ]);
    expect(told[1]?.migrants.sent).toBeGreaterThan(0);
    expect(steps.length).toBeGreaterThan(5);
    const sum = (key: keyof StepTimes) => steps.reduce((all, times) => all + times[key], 0);
    expect(sum('render')).toBeCloseTo(totals.renderSeconds, 9);
    expect(sum('classify')).toBeCloseTo(totals.classifySeconds, 9);
    expect(sum('step')).toBeGreaterThanOrEqual(sum('render') + sum('classify'));
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
      // Better than all that is born here: what is superseded is not passed on.
      const entries = entriesOf(abroad.archive.elites()).map((entry) => ({
        ...entry,
        confidences: entry.confidences.map(() => 1),
        island: 5,
      }));
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
      const foreignOf = () => sent.flatMap(({ entries }) => entries).filter(({ island }) => island === 5);
      // It goes when what was born here meanwhile is stored.
      if (row.passed) await vi.waitFor(() => expect(foreignOf()).not.toEqual([]));
      else await later(150);
      // Whoever is no island of the run is not heard.
      neighbour.migrate({ island: 6, destinations: [0], entries });
      await later(20);
      hub.command('all', { type: 'stop' });
      await running;
      await hub.close();
      const foreign = foreignOf();
      expect(foreign.length > 0).toBe(row.passed);
      const genomes = foreign.map(({ genome }) => Buffer.from(genome).toString('hex'));
      expect(new Set(genomes).size).toBe(genomes.length);
      expect(new Set(arrivals.map(({ source }) => source))).toEqual(new Set([5]));
      expect(arrivals.reduce((count, { moved }) => count + moved, 0)).toBe(3 * elites);
      expect(arrivals.reduce((count, { won }) => count + won, 0)).toBe(elites);
    },
  );
});
