import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Coordinator, createCoordinator } from '../../../coordinator/coordinator.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { createLocalHub } from '../../../protocol/transport/local/hub.js';
import { createLocalIslandLink } from '../../../protocol/transport/local/island-link.js';
import type { IslandLink } from '../../../protocol/transport/transport.js';
import type { Find, Improvements } from '../../../protocol/wire/messages.js';
import { createDrawnScorer } from '../../../worker/drawn-scorer.js';
import { work } from '../../../worker/worker.js';
import { channelPair } from '../../protocol/transport/channel-pair.js';
import { CLASSES, createStripes, stripesSpec } from '../../worker/island/fixtures.js';
import { labelsOf } from '../fixtures.js';
import { createMemoryStore } from '../memory-store.js';

/** Real islands on real links, of which some do not send what they found. */

const running: Coordinator[] = [];
afterEach(async () => {
  for (const coordinator of running.splice(0)) await coordinator.stop();
});

/** What an island makes of the improvements that it found. */
type Lie = (improvements: Improvements) => Improvements;

/** Starts a run with an honest island and one that lies. Of what arrives a tenth is audited, so that tests are quick. */
function startWith(lie: Lie): Coordinator {
  const spec = stripesSpec({ islands: 2, audit: { rate: 0.1 }, budget: { evaluations: 1e9 } });
  const hub = createLocalHub();
  const coordinator = createCoordinator({
    link: hub,
    store: createMemoryStore(labelsOf(CLASSES)),
    spec,
    model: { type: 'directory', path: '' },
    clock: Date.now,
    tickMilliseconds: 10,
    audit: {
      random: randomFrom(1),
      async referee(genome, classIds) {
        const parts = { drawer: loadDrawer(), classifier: createStripes(), views: spec.views };
        const row = await createDrawnScorer(parts).score([genome]);
        return classIds.map((classId) => row[classId] ?? Number.NaN);
      },
    },
  });
  running.push(coordinator);
  for (const [name, tell] of [
    ['honest', (improvements: Improvements) => improvements],
    ['liar', lie],
  ] as const) {
    const [mine, theirs] = channelPair();
    hub.attach(mine);
    const link = createLocalIslandLink(theirs);
    const lying: IslandLink = { ...link, improve: (improvements) => link.improve(tell(improvements)) };
    void work({
      link: lying,
      name,
      pid: 1,
      clock: () => performance.now() / 1000,
      openClassifier: async () => createStripes(),
      openDrawer: loadDrawer,
    }).catch(() => undefined);
  }
  return coordinator;
}

const lying = (change: (find: Find) => Find): Lie => {
  return (improvements) => ({ ...improvements, entries: improvements.entries.map(change) });
};
const suspectsOf = (coordinator: Coordinator) =>
  coordinator.islands().flatMap(({ worker, suspect }) => (suspect ? [worker] : []));
const more = (confidence: number, by: number) => Math.min(1, confidence + by);

describe('a run with an island', () => {
  it('that adds .1 to its confidences finds it suspect, and not the other one', async () => {
    const coordinator = startWith(
      lying((find) => ({
        ...find,
        confidences: find.confidences.map((confidence) => more(confidence, 0.1)),
      })),
    );
    await vi.waitFor(() => expect(suspectsOf(coordinator)).toEqual(['liar']), 20_000);
  });

  it('that sends another genome finds it suspect, and not the other one', async () => {
    let before: Uint8Array | undefined;
    const coordinator = startWith(
      lying((find) => {
        if (!('genome' in find)) return find;
        const genome = before ?? find.genome;
        before = find.genome;
        return { ...find, genome };
      }),
    );
    await vi.waitFor(() => expect(suspectsOf(coordinator)).toEqual(['liar']), 20_000);
  });

  it('that is right to 1e-6 suspects nobody', async () => {
    const coordinator = startWith(
      lying((find) => ({
        ...find,
        confidences: find.confidences.map((confidence) => more(confidence, 1e-6)),
      })),
    );
    await vi.waitFor(() => expect(coordinator.summary().audits.held).toBeGreaterThan(10), 20_000);
    expect(suspectsOf(coordinator)).toEqual([]);
    expect(coordinator.summary().audits.differed).toBe(0);
  });
});
