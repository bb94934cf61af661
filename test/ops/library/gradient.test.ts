import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInputError, type Classifier, evolve, openClassifier } from '../../../ops/library/index.js';

describe('a run that gradients lead, on TensorFlow.js', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await openClassifier('digits', { engine: 'tensorflow', device: 'cpu' });
  });
  afterAll(() => classifier?.close());

  it.each(['single', 'ten-crop'] as const)('solves digits under %s views', async (views) => {
    const evolution = evolve({ classifier, preset: 'gradient', views, seed: 1, budget: { cost: 600 } });
    let median = 0;
    for await (const { summary } of evolution) median = summary.median;
    expect(median).toBeGreaterThan(0.9);
  });

  it('is refused before it begins under constraints', () => {
    const evolution = { constraints: { views: ['blur:1'] } };
    expect(() => evolve({ classifier, preset: 'gradient', seed: 1, evolution })).toThrow(BadInputError);
  });
});
