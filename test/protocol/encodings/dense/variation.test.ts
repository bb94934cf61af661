import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { DENSE } from '../../../../protocol/encodings/dense/dense.js';
import { denseFault } from '../../../../protocol/encodings/dense/fault.js';
import {
  type DenseGenome,
  type DenseShape,
  layersOf,
  WEIGHT_RANGE,
  weightCount,
} from '../../../../protocol/encodings/dense/genome.js';
import { deviationOf, mutateDense, randomDense } from '../../../../protocol/encodings/dense/variation.js';
import { PAPER_MUTATION } from '../../../../protocol/encodings/mutation-spec.js';

const CHILDREN = 300;
const SHAPE: DenseShape = { channels: 3, layers: 3, width: 24 };
const numbers = (genome: DenseGenome) => DENSE.parameters?.read(genome) ?? new Float32Array(0);
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('a random dense genome', () => {
  it('has 1,524 weights in the default shape, as many as its layers say in any', () => {
    expect(weightCount(SHAPE)).toBe(1524);
    for (const shape of [SHAPE, { channels: 1, layers: 1, width: 4 } as const, { ...SHAPE, layers: 8 }]) {
      const sum = layersOf(shape).reduce((total, { units, fanIn }) => total + units * fanIn, 0);
      expect(weightCount(shape)).toBe(sum);
      expect(randomDense(shape, randomFrom(1)).weights.length).toBe(sum);
    }
  });

  it('has normal weights whose deviation is 6, then 2.25 / √28, then 2 / √28 for the outputs', () => {
    const random = randomFrom(2);
    const genomes = Array.from({ length: 60 }, () => numbers(randomDense(SHAPE, random)));
    const expected = [6, 2.25 / Math.sqrt(28), 2.25 / Math.sqrt(28), 2 / Math.sqrt(28)];
    layersOf(SHAPE).forEach(({ first, units, fanIn }, layer) => {
      const values = genomes.flatMap((weights) => [...weights.subarray(first, first + units * fanIn)]);
      const found = deviation(values) / (expected[layer] ?? 0);
      expect(Math.abs(found - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length));
      // A normal distribution has 4.55 % beyond two deviations.
      const beyond = values.filter((value) => Math.abs(value) > 2 * (expected[layer] ?? 0)).length;
      expect(Math.abs(beyond / values.length - 0.0455)).toBeLessThan(4 * Math.sqrt(0.0455 / values.length));
    });
  });
});

describe('a child of a dense genome', () => {
  it('has a tenth of the weights changed, by steps in the scale of their layers', () => {
    const random = randomFrom(3);
    const parent = randomDense(SHAPE, random);
    const before = numbers(parent);
    const steps = layersOf(SHAPE).map((): number[] => []);
    for (let i = 0; i < CHILDREN; i++) {
      const after = numbers(mutateDense(parent, { mutation: PAPER_MUTATION, generation: 0, random }));
      layersOf(SHAPE).forEach(({ first, units, fanIn }, layer) => {
        for (let w = first; w < first + units * fanIn; w++) {
          const step = (after[w] as number) - (before[w] as number);
          if (step !== 0) steps[layer]?.push(step);
        }
      });
    }
    const changed = steps.reduce((sum, { length }) => sum + length, 0);
    expect(Math.abs(changed / (CHILDREN * 1524) - 0.1)).toBeLessThan(0.01);
    // The mean square of a step of index 15 over a range of 1 is 2 / (17 · 18).
    layersOf(SHAPE).forEach((layer, l) => {
      const expected = 6 * deviationOf(layer) * Math.sqrt(2 / (17 * 18));
      expect(deviation(steps[l] ?? []) / expected).toBeCloseTo(1, 1);
    });
  });

  it('is its parent where no weight is changed', () => {
    const parent = randomDense(SHAPE, randomFrom(4));
    const mutation = { ...PAPER_MUTATION, rate: 0 };
    expect(mutateDense(parent, { mutation, generation: 0, random: randomFrom(5) })).toEqual(parent);
  });

  it('with a mate lies on the line through both parents, a fifth of the way from the first', () => {
    const random = randomFrom(6);
    const [parent, mate] = [randomDense(SHAPE, random), randomDense(SHAPE, random)];
    const [from, to] = [numbers(parent), numbers(mate)];
    const mutation = { ...PAPER_MUTATION, rate: 0 };
    const parts = Array.from({ length: 400 }, () => {
      const child = numbers(mutateDense(parent, { mutation, generation: 0, random, mate }));
      const ways = from.map((value, i) => ((child[i] as number) - value) / ((to[i] as number) - value));
      // Where the parents are far apart, rounding to half floats hardly shows.
      const clear = [...ways].filter((_, i) => Math.abs((to[i] as number) - (from[i] as number)) > 0.5);
      const part = clear[0] ?? 0;
      expect(Math.max(...clear) - Math.min(...clear)).toBeLessThan(0.03);
      return part;
    });
    expect(Math.abs(deviation(parts) - 0.2)).toBeLessThan(0.03);
  });

  it('stays within the range, however many generations there are', () => {
    const random = randomFrom(7);
    const shape = { channels: 1, layers: 1, width: 4 } as const;
    const mutation = { ...PAPER_MUTATION, rate: 1, eta: 0 };
    let genome = randomDense(shape, random);
    let greatest = 0;
    for (let generation = 0; generation < 2000; generation++) {
      const mate = randomDense(shape, random);
      genome = mutateDense(genome, { mutation, generation, random, ...(generation % 3 === 0 && { mate }) });
      expect(denseFault(genome)).toBeUndefined();
      greatest = Math.max(greatest, ...numbers(genome).map(Math.abs));
    }
    expect(greatest).toBe(WEIGHT_RANGE);
  });
});
