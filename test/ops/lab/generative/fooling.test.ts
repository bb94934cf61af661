import { describe, expect, it } from 'vitest';
import { PAPER, toSvg } from '../../../../ops/lab/figures/svg.js';
import { compareFooling } from '../../../../ops/lab/generative/compare-fooling.js';
import { FOOLING } from '../../../../ops/lab/generative/experiment.js';
import { groupFigures } from '../../../../ops/lab/generative/fooling.js';
import { createGenerativeClassifier, guided } from '../../../../ops/lab/generative/generative-classifier.js';
import { fitModel } from '../../../../ops/lab/generative/generative-model.js';
import { principalComponents } from '../../../../ops/lab/statistics/principal-components.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { DEFAULT_ENCODING } from '../../../../protocol/encodings/names.js';
import type { ImageSet } from '../../../../worker/training/image-set.js';
import { classifierConformance } from '../../../worker/classifier/conformance.js';

const SIDE = 8;
const SIZE = SIDE * SIDE;

/** Bright on the left (class 0) or on the right (class 1), with noise. */
function halves(count: number, seed: number): ImageSet {
  const random = randomFrom(seed, 'test', 'halves');
  return {
    count,
    width: SIDE,
    height: SIDE,
    channels: 1,
    pixels: Uint8Array.from({ length: count * SIZE }, (_, i) => {
      const isRight = i % SIDE >= SIDE / 2;
      return (Number(isRight) === Math.floor(i / SIZE) % 2 ? 180 : 20) + random.below(40);
    }),
    labels: Uint16Array.from({ length: count }, (_, i) => i % 2),
    classes: ['left', 'right'],
  };
}

async function classifierFor(threshold: number) {
  const { pixels, labels } = halves(80, 1);
  const values = Float64Array.from(pixels, (byte) => byte / 255);
  const random = randomFrom(1, 'test', 'fit');
  const plane = principalComponents(values, SIZE, 4, random);
  const options = { plane, classes: 2, components: 2, rounds: 10, random };
  const model = await fitModel({ values, size: SIZE, labels }, options);
  return createGenerativeClassifier({ model, view: { width: SIDE, height: SIDE }, threshold });
}

classifierConformance('that is a generative model', () => classifierFor(Number.NEGATIVE_INFINITY), {
  gradient: 'absent',
});

describe('what leads an evolution to the threshold', () => {
  it("rises with the density everywhere, and is Bayes' rule above the threshold", () => {
    const margins = [-1e6, -1000, -100, -1, 0, 1, 5];
    const worths = margins.map(guided);
    expect(worths.every((worth, i) => i === 0 || worth > (worths[i - 1] ?? 1))).toBe(true);
    expect(guided(0)).toBe(0.5);
    expect(guided(-100)).toBe(0.25);
    expect(guided(2)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(guided(Number.POSITIVE_INFINITY)).toBe(1);
  });
});

describe('a comparison of what is fooled', () => {
  it('rejects what no class explains, keeps 99 of 100 real images, and tells the same again', async () => {
    const request = {
      about: 'halves',
      network: 'a model of other images',
      labels: ['left', 'right'],
      classifier: await classifierFor(Number.NEGATIVE_INFINITY),
      train: halves(200, 1),
      heldOut: halves(100, 2),
      test: halves(100, 3),
      encoding: DEFAULT_ENCODING,
      evaluations: 300,
      seed: 1,
      onStep: () => {},
    };
    const found = await compareFooling(request);
    expect(found.accuracy.bayes).toBe(1);
    expect(found.rejected).toBeLessThan(0.1);
    const [network, bayes, threshold, densest] = found.groups.map(groupFigures);
    expect(network?.rejected).toBe(1);
    expect(bayes?.bayes).toBeGreaterThan(0.99);
    expect(bayes?.withThreshold).toBeLessThan(0.01);
    expect(threshold?.margin).toBeGreaterThan(bayes?.margin ?? 0);
    expect(densest).toMatchObject({ rejected: 0, named: 1 });
    const result = FOOLING.read(JSON.parse(JSON.stringify(found)), 'data.json');
    expect(toSvg(result.figure, PAPER)).toContain('real test images');
    expect(await compareFooling(request)).toEqual(found);
  });
});
