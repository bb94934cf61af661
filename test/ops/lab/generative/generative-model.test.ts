import { describe, expect, it } from 'vitest';
import { bayes, densest, fitModel, judgeOf } from '../../../../ops/lab/generative/generative-model.js';
import {
  fitMixture,
  logSum,
  type Mixture,
  scorerOf,
} from '../../../../ops/lab/statistics/gaussian-mixture.js';
import { principalComponents, project } from '../../../../ops/lab/statistics/principal-components.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';

/** Normal numbers (Box and Muller). */
function normals(seed: number): () => number {
  const random = randomFrom(seed, 'test', 'normals');
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

describe('a mixture of Gaussians', () => {
  const planted = [
    { weight: 0.5, mean: [0, 0], deviation: [1, 0.5] },
    { weight: 0.3, mean: [6, 1], deviation: [0.5, 1] },
    { weight: 0.2, mean: [-3, 7], deviation: [0.8, 0.8] },
  ];

  function drawn(count: number): Float64Array {
    const normal = normals(1);
    const random = randomFrom(1, 'test', 'components');
    return Float64Array.from(
      Array.from({ length: count }, () => {
        const u = random.uniform();
        const from = planted[u < 0.5 ? 0 : u < 0.8 ? 1 : 2];
        return [0, 1].map((d) => (from?.mean[d] ?? 0) + (from?.deviation[d] ?? 0) * normal());
      }).flat(),
    );
  }

  it('is found again in points that were drawn from it', () => {
    const random = randomFrom(4, 'test', 'em');
    const found = fitMixture(drawn(4000), 2, {
      components: 3,
      rounds: 200,
      floor: new Float64Array(2).fill(1e-6),
      random,
    });
    const order = [...found.weights.keys()].sort((a, b) => (found.weights[b] ?? 0) - (found.weights[a] ?? 0));
    for (const [i, k] of order.entries()) {
      const { weight, mean, deviation } = planted[i] ?? { weight: 0, mean: [], deviation: [] };
      expect(found.weights[k]).toBeCloseTo(weight, 1);
      for (const d of [0, 1]) {
        expect(Math.abs((found.means[2 * k + d] ?? 0) - (mean[d] ?? 0))).toBeLessThan(0.1);
        expect(Math.abs(Math.sqrt(found.variances[2 * k + d] ?? 0) - (deviation[d] ?? 0))).toBeLessThan(0.05);
      }
    }
  });

  it('gives the density that a calculation by hand gives', () => {
    const mixture: Mixture = {
      dimensions: 1,
      weights: Float64Array.of(0.25, 0.75),
      means: Float64Array.of(0, 2),
      variances: Float64Array.of(1, 4),
    };
    const normal = (x: number, mean: number, variance: number) =>
      Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
    const byHand = 0.25 * normal(1, 0, 1) + 0.75 * normal(1, 2, 4);
    expect(scorerOf(mixture)(Float64Array.of(1), 0, new Float64Array(2))).toBeCloseTo(Math.log(byHand), 12);
  });

  it('has no component without a point, and no variance below the floor', () => {
    const random = randomFrom(1, 'test', 'few');
    const floor = Float64Array.of(0.01);
    const found = fitMixture(Float64Array.of(1, 1, 5), 1, { components: 9, rounds: 20, floor, random });
    expect(found.weights.length).toBe(3);
    expect([...found.variances].every((variance) => variance >= 0.01)).toBe(true);
    expect(() => fitMixture(new Float64Array(0), 1, { components: 1, rounds: 1, floor, random })).toThrow(
      RangeError,
    );
  });

  it('adds densities up that are too small for a number', () => {
    expect(logSum([-10_000, -10_000])).toBeCloseTo(-10_000 + Math.log(2), 9);
    expect(logSum([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('principal components', () => {
  it('are the directions that were planted, with their variances and what is left', () => {
    const normal = normals(2);
    const [a, b] = [
      [0.6, 0.8, 0, 0],
      [-0.8, 0.6, 0, 0],
    ];
    const points = Float64Array.from(
      Array.from({ length: 5000 }, () => {
        const [s, t] = [3 * normal(), normal()];
        return [0, 1, 2, 3].map((i) => 5 + s * (a?.[i] ?? 0) + t * (b?.[i] ?? 0) + 0.1 * normal());
      }).flat(),
    );
    const plane = principalComponents(points, 4, 2, randomFrom(1, 'test', 'pca'));
    expect(Math.abs(0.6 * (plane.directions[0] ?? 0) + 0.8 * (plane.directions[1] ?? 0))).toBeCloseTo(1, 2);
    expect(Math.abs((plane.variances[0] ?? 0) / 9.01 - 1)).toBeLessThan(0.05);
    expect(Math.abs((plane.variances[1] ?? 0) / 1.01 - 1)).toBeLessThan(0.05);
    const place = new Float64Array(2);
    // Three along the first direction, and two away from the plane.
    const point = [5 + 1.8, 5 + 2.4, 5 + 2, 5];
    expect(project(plane, point, place)).toBeCloseTo(4, 0);
    expect(Math.abs(Math.abs(place[0] ?? 0) - 3)).toBeLessThan(0.2);
    expect(() => principalComponents(points, 4, 5, randomFrom(1, 'test'))).toThrow(RangeError);
  });
});

describe("Bayes' rule", () => {
  const joint = Float64Array.of(Math.log(0.06), Math.log(0.02));
  const density = Math.log(0.08);

  it('gives what a calculation by hand gives', () => {
    const out = new Float32Array(2);
    expect(bayes({ density, joint }, Number.NEGATIVE_INFINITY, out)).toBe(0);
    expect([...out].map((each) => Number(each.toFixed(6)))).toEqual([0.75, 0.25]);
  });

  it('has "none of these" as a class more, which an image at the threshold is with a half', () => {
    const out = new Float32Array(2);
    expect(bayes({ density, joint }, density, out)).toBeCloseTo(0.5, 9);
    expect([...out].map((each) => Number(each.toFixed(6)))).toEqual([0.375, 0.125]);
    expect(bayes({ density, joint }, density + 700, out)).toBeCloseTo(1, 9);
  });
});

describe('a generative model', () => {
  it('tells planted classes apart, and finds what is far from all of them improbable', async () => {
    const normal = normals(3);
    const centres = [
      [0.2, 0.2, 0.5, 0.5],
      [0.8, 0.8, 0.5, 0.5],
    ];
    const labels = Array.from({ length: 600 }, (_, i) => i % 2);
    const values = Float64Array.from(
      labels.flatMap((label) => (centres[label] ?? []).map((centre) => centre + 0.1 * normal())),
    );
    const random = randomFrom(1, 'test', 'model');
    const plane = principalComponents(values, 4, 2, random);
    const options = { plane, classes: 2, components: 2, rounds: 30, random };
    const model = await fitModel({ values, size: 4, labels }, options);
    const judge = judgeOf(model);
    const out = new Float32Array(2);
    const [low = [], high = []] = centres;
    bayes(judge(low), Number.NEGATIVE_INFINITY, out);
    expect(out[0]).toBeGreaterThan(0.999);
    bayes(judge(high), Number.NEGATIVE_INFINITY, out);
    expect(out[1]).toBeGreaterThan(0.999);
    const near = judge(low).density;
    expect(near - judge([0.2, 0.2, 0.9, 0.1]).density).toBeGreaterThan(10);
    expect(judge(densest(model, 0)).density).toBeGreaterThan(near - 1);
    // The density adds up to 1: its mean over images that are drawn evenly from a box that holds nearly all of it, times the
    // size of the box.
    const even = randomFrom(2, 'test', 'box');
    const box = [
      [-0.3, 1.3],
      [-0.3, 1.3],
      [0, 1],
      [0, 1],
    ];
    let sum = 0;
    const tries = 200_000;
    for (let i = 0; i < tries; i++) {
      const image = box.map(([from = 0, to = 1]) => from + (to - from) * even.uniform());
      sum += Math.exp(judge(image).density);
    }
    expect(Math.abs((1.6 * 1.6 * sum) / tries - 1)).toBeLessThan(0.1);
  });
});
