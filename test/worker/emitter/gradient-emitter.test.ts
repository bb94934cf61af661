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
  it('makes a visit within a step: the elite and a picture a step, the last without a gradient', async () => {
    const spec = gradient(5, 0.001);
    const scorer = linearScorer(spec);
    const island = found(spec, scorer);
    await populate(island);
    expect(scorer.asked).toEqual({ genomes: 20, gradients: 0 });
    await island.step(1000);
    expect(scorer.asked).toEqual({ genomes: 26, gradients: 5 });
    expect(island.totals).toMatchObject({
      evaluations: 26,
      cost: 20 + 5 * GRADIENT_COST + 1,
      gradientEvaluations: 6,
      gradientCost: 5 * GRADIENT_COST + 1,
    });
  });

  it('visits as many classes side by side as there are images in a batch, each another', async () => {
    const spec = { ...gradient(4, 0.001), batch: 3 };
    const scorer = linearScorer(spec);
    const island = found(spec, scorer);
    await populate(island);
    await island.step(1000);
    expect(scorer.asked.genomes).toBe(20 + 3 * 5);
  });

  it('makes a class surer step by step, and what its pictures descend from held cells', async () => {
    const island = found(gradient(8));
    await populate(island);
    const known = new Set([...island.archive.elites()].map(({ candidate }) => candidate.digest));
    const won = await island.step(1000);
    expect(won.length).toBeGreaterThan(1);
    for (const { candidate } of won) {
      expect(known).toContain(candidate.parent?.digest);
      known.add(candidate.digest);
    }
  });

  it('ends a visit when its class is solved', async () => {
    const spec = gradient(500, 0.5);
    const island = found(spec);
    await populate(island);
    for (let visit = 0; visit < CLASSES; visit++) await island.step(1000);
    expect(island.totals.evaluations).toBeLessThan(20 + CLASSES * 200);
  });

  it('ends within the budget, in evaluations and in forward passes, wherever a visit is', async () => {
    const island = found(gradient(8, 0.001));
    await populate(island);
    await island.step(4);
    expect(island.totals.evaluations).toBe(24);
    const costly = found(gradient(8, 0.001));
    await populate(costly);
    await costly.step({ evaluations: 1000, cost: 7 });
    expect(costly.totals.cost).toBe(20 + 2 * GRADIENT_COST);
  });

  it('counts a generation for each that a visit ends', async () => {
    const spec = gradient(50, 0.0001);
    const island = found({ ...spec, evolution: { ...spec.evolution, generation: 20 } });
    await populate(island);
    expect(island.totals.generations).toBe(1);
    await island.step(1000);
    expect(island.totals.evaluations).toBe(71);
    expect(island.totals.generations).toBe(3);
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
