import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { randomDense } from '../../protocol/encodings/dense/variation.js';
import { fillSpec } from '../../protocol/spec/fill-spec.js';
import type { RunSpecInput } from '../../protocol/spec/run-spec.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { openClassifier } from '../../worker/classifier/open.js';
import { loadModel } from '../../worker/model/resolve.js';
import { createDenseScorer } from '../../worker/onnx/dense/dense-scorer.js';
import { scorerFor } from '../../worker/scorer-for.js';

const SHAPE = { channels: 1, layers: 3, width: 24 } as const;
const CLASS_IDS = [3, 8, 0];

describe('the scorer of a run that gradients lead', () => {
  const drawer = loadDrawer();
  const random = randomFrom(1, 'scorer-for');
  const genomes = CLASS_IDS.map(() => randomDense(SHAPE, random));
  let onnx: Classifier;
  let tensorflow: Classifier;
  beforeAll(async () => {
    const digits = await loadModel('digits');
    onnx = await openClassifier(digits, { engine: 'onnx', device: 'cpu' });
    tensorflow = await openClassifier(digits, { engine: 'tensorflow', device: 'cpu' });
  });
  afterAll(async () => {
    await onnx?.close();
    await tensorflow?.close();
  });

  function scorerOf(classifier: Classifier, input: RunSpecInput = {}) {
    const { digest, classes, batch } = classifier;
    const spec = fillSpec(
      { preset: 'gradient', ...input, name: 'led', seed: 1, model: 'digits' },
      { digest, classes, batch, side: 28, channels: 1 },
    );
    return scorerFor(spec, { drawer, classifier, clock: () => 0 });
  }

  /** The greatest difference of two gradients, as a share of the greatest number of the first. */
  function difference(a: Float32Array, b: Float32Array): number {
    const greatest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0) / greatest;
  }

  it('gives the confidences of the kernel’s pictures, and on a CPU the gradients of the engine that draws', async () => {
    const scorer = scorerOf(onnx);
    const found = await scorer.gradient?.(genomes, CLASS_IDS);
    const confidences = await scorer.score(genomes);
    expect(found?.confidences.every((p, i) => Math.abs(p - (confidences[i] as number)) < 1e-5)).toBe(true);
    const drawn = await createDenseScorer({ classifier: onnx, shape: SHAPE }).gradient(genomes, CLASS_IDS);
    drawn.gradients.forEach((gradient, i) => {
      // A byte that lies between two may be rounded to the other.
      expect(difference(gradient, found?.gradients[i] ?? new Float32Array())).toBeLessThan(0.02);
    });
  });

  it.each(['single', 'ten-crop'] as const)('gives the same gradients on both engines: %s', async (views) => {
    const one = await scorerOf(onnx, { views }).gradient?.(genomes, CLASS_IDS);
    const other = await scorerOf(tensorflow, { views }).gradient?.(genomes, CLASS_IDS);
    one?.gradients.forEach((gradient, i) => {
      expect(difference(gradient, other?.gradients[i] ?? new Float32Array())).toBeLessThan(1e-3);
    });
  });

  it('lets the engine draw on a GPU, where no pixel need cross', async () => {
    const asked: string[] = [];
    const gpu: Classifier = {
      ...onnx,
      device: 'cuda:0',
      openDense: async (shape) => {
        asked.push('openDense');
        return (await onnx.openDense?.(shape)) ?? Promise.reject(new Error('it draws'));
      },
    };
    const { gradients = [] } = (await scorerOf(gpu).gradient?.(genomes, CLASS_IDS)) ?? {};
    expect(gradients).toHaveLength(genomes.length);
    expect(asked).toEqual(['openDense']);
  });

  it('adds a prior of pictures to the gradients, wherever it runs, and to nothing else', async () => {
    const evolution = { gradient: { smooth: 1 } };
    const plain = await scorerOf(onnx).gradient?.(genomes, CLASS_IDS);
    const found = await scorerOf({ ...onnx, device: 'cuda:0' }, { evolution }).gradient?.(genomes, CLASS_IDS);
    expect(found?.confidences).toEqual(plain?.confidences);
    found?.gradients.forEach((gradient, i) => {
      expect(difference(gradient, plain?.gradients[i] ?? new Float32Array())).toBeGreaterThan(0.1);
    });
  });

  it('refuses an engine that has no gradient', () => {
    const { gradient: _, openDense: __, ...silent } = onnx;
    expect(() => scorerOf(silent)).toThrow(
      expect.objectContaining({ code: 'ERR_EMITTER', exitCode: 2, message: expect.stringContaining('onnx') }),
    );
    expect(scorerOf(silent, { preset: 'default' }).gradient).toBeUndefined();
  });
});
