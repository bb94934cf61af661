import { describe, expect, it } from 'vitest';
import type { Elite } from '../../../protocol/archive/elite.js';
import { elitesOf, entriesOf } from '../../../protocol/archive/entries.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { Island } from '../../../worker/island/island.js';
import { candidateOf, eliteOf } from './elites.js';
import { CLASSES, contentOf, createStripes, foundIsland, stripesSpec } from './fixtures.js';

async function evolve(island: Island, evaluations: number): Promise<Elite[]> {
  const won: Elite[] = [];
  for (;;) {
    const left = evaluations - island.checkpoint().totals.evaluations;
    if (left <= 0) return won;
    won.push(...(await island.step(left)));
  }
}

const KINDS = (['cppn', 'direct'] as const).flatMap((encoding) =>
  (['default', 'paper'] as const).map((preset) => ({ encoding, preset })),
);

describe.each(KINDS)('an island ($encoding, $preset)', ({ encoding, preset }) => {
  const spec = stripesSpec({ encoding, preset, evolution: { initial: 20, generation: 20 } });

  it('gives the same archive for the same seed', async () => {
    const [one, other] = [foundIsland(spec), foundIsland(spec)];
    await evolve(one, 300);
    await evolve(other, 300);
    expect(contentOf(one)).toEqual(contentOf(other));
    expect(one.checkpoint()).toEqual(other.checkpoint());
    const elsewhere = foundIsland({ ...spec, seed: 2 });
    await evolve(elsewhere, 300);
    expect(contentOf(elsewhere)).not.toEqual(contentOf(one));
  });

  it.each([7, 20, 133, 240])(
    'goes on from a checkpoint at about %i evaluations as if nothing had been',
    async (at) => {
      const whole = foundIsland(spec);
      await evolve(whole, 300);
      const first = foundIsland(spec);
      while (first.checkpoint().totals.evaluations < at) await first.step(300);
      const second = foundIsland(spec, first.checkpoint());
      second.receive(entriesOf(first.archive.elites()).flatMap(elitesOf));
      await evolve(second, 300);
      expect(contentOf(second)).toEqual(contentOf(whole));
      expect(second.checkpoint()).toEqual(whole.checkpoint());
    },
  );

  it('evaluates exactly as many offspring as it may, and its best confidences never go down', async () => {
    const island = foundIsland(spec);
    let before = island.archive.confidences.slice();
    while (island.checkpoint().totals.evaluations < 257) {
      await island.step(257 - island.checkpoint().totals.evaluations);
      expect(island.archive.confidences.every((value, i) => value >= (before[i] ?? 0))).toBe(true);
      before = island.archive.confidences.slice();
    }
    expect(island.checkpoint().totals.evaluations).toBe(257);
    expect(island.archive.filled).toBe(CLASSES);
  });

  it("every elite's confidence is what the network gives its drawing", async () => {
    const island = foundIsland(spec);
    await evolve(island, 300);
    const classifier = createStripes();
    const drawer = loadDrawer();
    for (const { classId, confidence, candidate } of island.archive.elites()) {
      const row = await classifier.classify(drawer.tensor([candidate.genome], classifier.input, 'single'), 1);
      expect(row[classId]).toBe(confidence);
    }
  });

  it('gets better: evolution beats as many random images', async () => {
    const evolved = foundIsland(spec);
    const random = foundIsland({ ...spec, evolution: { ...spec.evolution, initial: 2000 } });
    await evolve(evolved, 2000);
    await evolve(random, 2000);
    const score = (island: Island) => island.archive.confidences.reduce((sum, value) => sum + value, 0);
    expect(score(evolved)).toBeGreaterThan(score(random));
  });
});

describe('an island', () => {
  it('compares every offspring with all cells: one image may take many', async () => {
    const island = foundIsland(stripesSpec());
    const won = await island.step(1);
    expect(won.map(({ classId }) => classId)).toEqual(Array.from({ length: CLASSES }, (_, i) => i));
    expect(new Set(won.map(({ candidate }) => candidate)).size).toBe(1);
  });

  it('a generation is inserted only when all of it is evaluated', async () => {
    const spec = stripesSpec({ preset: 'paper', evolution: { initial: 10, generation: 30 } });
    const island = foundIsland(spec);
    await island.step(1000);
    expect(island.checkpoint().totals).toMatchObject({ evaluations: 10, generations: 1 });
    const parents = new Set([...island.archive.elites()].map(({ candidate }) => candidate.digest));
    const won = await island.step(1000);
    expect(island.checkpoint().totals).toMatchObject({ evaluations: 40, generations: 2 });
    for (const { candidate } of won) expect(parents).toContain(candidate.parent?.digest);
  });

  it('survives a network that gives nonsense: nothing enters a cell', async () => {
    const nonsense = {
      ...createStripes(),
      classify: async (_: Float32Array, count: number) =>
        Float32Array.from(
          { length: count * CLASSES },
          (_, i) => [Number.NaN, Number.POSITIVE_INFINITY, 2, -1][i % 4] ?? 0,
        ),
    };
    const island = foundIsland(stripesSpec(), undefined, nonsense);
    await evolve(island, 20);
    expect(island.archive.filled).toBe(0);
  });

  it('takes migrants that are better, and refuses impossible ones', async () => {
    const [island, neighbour] = [foundIsland(stripesSpec()), foundIsland(stripesSpec({ seed: 9 }))];
    await evolve(island, 50);
    await evolve(neighbour, 200);
    const won = island.receive(neighbour.archive.elites());
    expect(won.length).toBeGreaterThan(0);
    expect(island.receive(neighbour.archive.elites())).toEqual([]);
    const [elite] = won;
    if (elite === undefined) throw new Error('expected a migrant that won');
    expect(
      island.receive([
        { ...elite, confidence: 1.5 },
        { ...elite, classId: CLASSES },
      ]),
    ).toEqual([]);
  });

  it.each(['if-better', 'always-into-worse'] as const)(
    'a migrant that loses its cell changes no cell, and breeds or not as the spec says (%s)',
    async (replacement) => {
      const spec = stripesSpec({ evolution: { initial: 4, generation: 4 }, migration: { replacement } });
      const island = foundIsland(spec);
      await island.step(4);
      island.receive([eliteOf(0, 1, candidateOf(1))]);
      const before = contentOf(island);
      const neighbour = foundIsland({ ...spec, seed: 9 });
      await evolve(neighbour, 400);
      const losers = [...neighbour.archive.elites()].map(({ candidate }) => eliteOf(0, 0.99, candidate));
      expect(island.receive(losers)).toEqual([]);
      expect(contentOf(island)).toEqual(before);
      const parents = (await evolve(island, 400)).map(({ candidate }) => candidate.parent);
      const theirs = parents.filter((parent) =>
        losers.some(({ candidate }) => candidate.digest === parent?.digest),
      );
      expect(theirs.length > 0).toBe(replacement === 'always-into-worse');
      for (const parent of theirs) expect(parent?.classId).toBe(0);
    },
  );

  it('the mean of ten views is what counts under ten-crop', async () => {
    const seen: number[] = [];
    const classifier = createStripes();
    const island = foundIsland(stripesSpec({ views: 'ten-crop' }), undefined, {
      ...classifier,
      classify(tensor, count) {
        seen.push(count);
        return classifier.classify(tensor, count);
      },
    });
    await island.step(2);
    expect(seen).toEqual([20]);
    expect(island.checkpoint().totals.evaluations).toBe(2);
  });
});
