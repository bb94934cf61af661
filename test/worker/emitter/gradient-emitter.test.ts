import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { GRADIENT_COST } from '../../../protocol/spec/gradient-spec.js';
import type { RunSpec } from '../../../protocol/spec/run-spec.js';
import { emitterFor } from '../../../worker/emitter/emitters.js';
import { createIsland, type Island } from '../../../worker/island/island.js';
import type { Scorer } from '../../../worker/scorer.js';
import { contentOf } from '../island/fixtures.js';
import { CLASSES, denseSpec, linearScorer } from './linear-scorer.js';

const gradient = (steps: number, rate = 0.2) =>
  denseSpec({ evolution: { emitters: ['gradient'], gradient: { steps, rate } } });

function found(spec: RunSpec, scorer: Scorer = linearScorer(spec)): Island {
  return createIsland({ island: 0, spec, random: randomFrom(spec.seed), scorer, emitter: emitterFor(spec) });
}

/** Steps until the random images are there. */
async function populate(island: Island): Promise<void> {
  while (island.totals.evaluations < 20) await island.step(20 - island.totals.evaluations);
}

describe('the gradient emitter', () => {
  it('takes one step from an elite within a step of the island: its gradient, and a picture a step away', async () => {
    const spec = gradient(5, 0.05);
    const scorer = linearScorer(spec);
    const island = found(spec, scorer);
    await populate(island);
    expect(scorer.asked).toEqual({ genomes: 20, gradients: 0 });
    const [won] = await island.step(1000);
    expect(won).toBeDefined();
    expect(scorer.asked).toEqual({ genomes: 22, gradients: 1 });
    expect(island.totals).toMatchObject({
      evaluations: 22,
      cost: 20 + GRADIENT_COST + 1,
      gradientEvaluations: 2,
      gradientCost: GRADIENT_COST + 1,
    });
  });

  it('makes long visits where steps gain nothing, and longer ones where these do not either', async () => {
    // Steps across the whole range of weights: none gains.
    const spec = gradient(5, 90);
    const scorer = linearScorer(spec);
    const island = found({ ...spec, classes: CLASSES }, scorer);
    await populate(island);
    const visits: { genomes: number; gradients: number }[] = [];
    for (let visit = 0; visit < 200; visit++) {
      const { genomes, gradients } = scorer.asked;
      await island.step(1000);
      visits.push({ genomes: scorer.asked.genomes - genomes, gradients: scorer.asked.gradients - gradients });
    }
    const short = visits.filter(({ gradients }) => gradients === 1);
    const long = visits.filter(({ gradients }) => gradients > 1);
    expect(short.length + long.length).toBe(200);
    for (const { genomes } of short) expect(genomes).toBeLessThanOrEqual(3);
    expect(short.some(({ genomes }) => genomes === 3)).toBe(true);
    expect(long.length).toBeGreaterThan(0);
    // A goal that is reached ends a visit sooner.
    for (const { genomes, gradients } of long) expect(genomes).toBeLessThanOrEqual(gradients + 1);
    expect(Math.max(...long.map(({ gradients }) => gradients))).toBeLessThanOrEqual(4 * 5);
  });

  it('visits as many classes side by side as there are images in a batch, each another', async () => {
    const spec = { ...gradient(4, 0.001), batch: 3 };
    const scorer = linearScorer(spec);
    const island = found(spec, scorer);
    await populate(island);
    await island.step(1000);
    expect(scorer.asked).toEqual({ genomes: 20 + 3 * 2, gradients: 3 });
  });

  it('makes all classes sure, and its pictures descend from those that held cells', async () => {
    const island = found(gradient(8));
    await populate(island);
    const known = new Set([...island.archive.elites()].map(({ candidate }) => candidate.digest));
    while (Math.min(...island.archive.confidences) < 0.99 && island.totals.evaluations < 5000) {
      for (const { candidate } of await island.step(1000)) {
        expect(known).toContain(candidate.parent?.digest);
        known.add(candidate.digest);
      }
    }
    expect(Math.min(...island.archive.confidences)).toBeGreaterThanOrEqual(0.99);
    expect(island.totals.evaluations).toBeLessThan(20 + CLASSES * 200);
  });

  it('ends within the budget, in evaluations and in forward passes, wherever a visit is', async () => {
    const island = found(gradient(8));
    await populate(island);
    await island.step(1);
    expect(island.totals.evaluations).toBe(21);
    const costly = found(gradient(8));
    await populate(costly);
    await costly.step({ evaluations: 1000, cost: 3 });
    expect(costly.totals.cost).toBe(20 + GRADIENT_COST);
  });

  it('counts a generation for each that its visits end', async () => {
    const spec = gradient(50, 0.0001);
    const island = found({ ...spec, evolution: { ...spec.evolution, generation: 20 } });
    await populate(island);
    expect(island.totals.generations).toBe(1);
    while (island.totals.evaluations < 100) await island.step(1000);
    expect(island.totals.generations).toBe(5);
  });

  it.each([['gradient'], ['gradient', 'mutation', 'iso-line', 'cma']] as const)(
    'an island of %s, %s, … goes on from a checkpoint as if nothing had been',
    async (...emitters) => {
      const spec = denseSpec({ evolution: { emitters: [...emitters], gradient: { steps: 3, rate: 0.02 } } });
      const whole = found(spec);
      let parts = found(spec);
      while (whole.totals.cost < 500) {
        await whole.step(10_000);
        await parts.step(10_000);
        const checkpoint = parts.checkpoint();
        expect(checkpoint).toEqual(whole.checkpoint());
        const { archive } = parts;
        const emitter = emitterFor(spec);
        parts = createIsland({
          island: 0,
          spec,
          random: randomFrom(5),
          scorer: linearScorer(spec),
          emitter,
          checkpoint,
        });
        parts.receive(archive.elites());
      }
      expect(contentOf(parts)).toEqual(contentOf(whole));
      const { mutationCost, isoLineCost, cmaCost, gradientCost, evaluations, cost } = whole.totals;
      // Random images belong to nobody.
      expect(mutationCost + isoLineCost + cmaCost + gradientCost).toBe(cost - 20);
      expect(evaluations).toBeLessThan(cost);
    },
  );

  it('fails where nothing gives gradients', async () => {
    const spec = gradient(3);
    const { classes, score, spent } = linearScorer(spec);
    const island = found(spec, { classes, score, spent });
    await populate(island);
    await expect(island.step(10)).rejects.toThrow('nothing gives');
  });
});
