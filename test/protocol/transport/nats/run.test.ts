import { expect, it } from 'vitest';
import { createCoordinator } from '../../../../coordinator/coordinator.js';
import { loadDrawer } from '../../../../protocol/drawing/load.js';
import { connectCoordinator } from '../../../../protocol/transport/nats/coordinator-link.js';
import { connectIsland } from '../../../../protocol/transport/nats/island-link.js';
import { work } from '../../../../worker/worker.js';
import { createMemoryStore } from '../../../coordinator/memory-store.js';
import { startNatsServer } from '../../../nats-server.js';
import { createStripes, stripesSpec } from '../../../worker/island/fixtures.js';
import { until } from './cluster.js';

const spec = stripesSpec({ islands: 2, encoding: 'direct', budget: { evaluations: 4000 } });
const labels = Array.from({ length: spec.classes }, (_, i) => `class ${i}`);

it('a run on a broker ends with its budget used, whatever was killed meanwhile: broker and coordinator', async () => {
  // Small enough that flushes and welcomes of this run need several messages.
  const server = await startNatsServer({ maxPayload: 3000 });
  const place = { servers: [server.url], run: 'stripes.run' };
  const store = createMemoryStore(labels);
  const open = async () => {
    const link = await connectCoordinator(place);
    const coordinator = createCoordinator({
      link,
      store: { ...store, close() {} },
      spec,
      model: { type: 'directory', path: '/m' },
      clock: Date.now,
      commitMilliseconds: 10,
      tickMilliseconds: 20,
    });
    return { link, coordinator };
  };
  let { link, coordinator } = await open();
  const links = await Promise.all([connectIsland(place), connectIsland(place)]);
  const evaluations = () => coordinator.summary().totals.evaluations;
  // On a slow machine the islands would be done before the test sees that they have begun.
  let goOn = () => {};
  const restarted = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stripes = createStripes();
  let classified = 0;
  const held: typeof stripes = {
    ...stripes,
    async classify(tensor, count) {
      classified += count;
      if (classified > 3000) await restarted;
      return stripes.classify(tensor, count);
    },
  };
  const working = links.map((each, i) =>
    work({
      link: each,
      name: `worker-${i}`,
      pid: i,
      openClassifier: async () => held,
      openDrawer: loadDrawer,
      clock: () => performance.now() / 1000,
    }),
  );
  try {
    await until(() => evaluations() > 400);
    await server.kill();
    await server.restart();
    await until(() => evaluations() > 1200);
    // As if it had died: what it had in its hands is not acknowledged.
    await link.close();
    await coordinator.stop();
    ({ link, coordinator } = await open());
    goOn();
    const { reason, failures } = await coordinator.done;
    await Promise.all(working);
    // Whichever is seen first: that the budget is used, or that all islands are done.
    expect(['quota', 'evaluations']).toContain(reason);
    expect(failures).toEqual([]);
    expect(evaluations()).toBe(4000);
    expect(coordinator.islands().map(({ state }) => state)).toEqual(['done', 'done']);
    const best = new Map<number, number>();
    for (const { classId, confidence } of store.history()) {
      expect(confidence).toBeGreaterThanOrEqual(best.get(classId) ?? 0);
      best.set(classId, confidence);
    }
    expect(best.size).toBe(spec.classes);
  } finally {
    goOn();
    await coordinator.stop();
    await Promise.all(links.map((each) => each.close()));
    await server.stop();
  }
});
