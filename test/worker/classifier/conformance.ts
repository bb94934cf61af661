import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';

export interface ConformanceOptions {
  /** A reason why this machine cannot run it; undefined: it can. */
  readonly skip?: string | undefined;
  /** How far a batch may be from one by one. */
  readonly tolerance?: number;
  /** Milliseconds that opening may take. */
  readonly openTimeout?: number;
}

/** What every classifier promises, whatever its engine and network. */
export function classifierConformance(
  name: string,
  open: () => Promise<Classifier>,
  { skip, tolerance = 1e-5, openTimeout = 60_000 }: ConformanceOptions = {},
): void {
  describe.skipIf(skip !== undefined)(`the classifier ${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    let classifier: Classifier;
    let seven: Float32Array;
    let together: Float32Array;

    beforeAll(async () => {
      classifier = await open();
      seven = noise(classifier, 7);
      await classifier.warmup();
      together = await classifier.classify(seven, 7);
    }, openTimeout);
    afterAll(() => classifier?.close());

    it('says what it is', () => {
      expect(classifier.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(classifier.device).not.toBe('');
      expect(classifier.classes).toBeGreaterThanOrEqual(2);
      expect(Number.isInteger(classifier.batch) && classifier.batch >= 1).toBe(true);
      const channels = classifier.input.channels === 'grey' ? 1 : 3;
      expect(classifier.input.scale).toHaveLength(channels);
      expect(classifier.input.offset).toHaveLength(channels);
    });

    it('gives each image a row of confidences, 0 … 1, that sum to 1', () => {
      const { classes } = classifier;
      expect(together).toBeInstanceOf(Float32Array);
      expect(together).toHaveLength(7 * classes);
      for (let image = 0; image < 7; image++) {
        const row = together.subarray(image * classes, (image + 1) * classes);
        expect(row.every((confidence) => confidence >= 0 && confidence <= 1)).toBe(true);
        expect(Math.abs(row.reduce((sum, confidence) => sum + confidence, 0) - 1)).toBeLessThan(1e-3);
      }
    });

    it('sees an image the same alone and in a batch of any size', async () => {
      const length = tensorLength(classifier.input);
      const { classes } = classifier;
      for (let image = 0; image < 7; image++) {
        const alone = await classifier.classify(seven.subarray(image * length, (image + 1) * length), 1);
        expect(
          distance(alone, together.subarray(image * classes, (image + 1) * classes)),
        ).toBeLessThanOrEqual(tolerance);
      }
      const two = await classifier.classify(seven.subarray(0, 2 * length), 2);
      expect(distance(two, together.subarray(0, 2 * classes))).toBeLessThanOrEqual(tolerance);
    });

    it('tells unlike images apart', () => {
      const { classes } = classifier;
      expect(
        distance(together.subarray(0, classes), together.subarray(classes, 2 * classes)),
      ).toBeGreaterThan(0);
    });

    it('gives the same answer to the same question', async () => {
      expect(distance(await classifier.classify(seven, 7), together)).toBe(0);
    });

    it('does not change its input, and keeps no hold of it', async () => {
      const input = noise(classifier, 1);
      const before = Float32Array.from(input);
      const first = await classifier.classify(input, 1);
      expect(distance(input, before)).toBe(0);
      const kept = Float32Array.from(first);
      input.fill(0);
      await classifier.classify(input, 1);
      expect(distance(first, kept)).toBe(0);
    });

    it(
      'rejects once it is closed, and closes twice',
      async () => {
        const other = await open();
        await other.close();
        await other.close();
        await expect(other.classify(noise(other, 1), 1)).rejects.toThrow();
      },
      openTimeout,
    );
  });
}

/** Images of bytes at random, faint and strong in turn, as the classifier wants them. */
export function noise({ input }: Classifier, count: number): Float32Array {
  const random = randomFrom(11, 'noise');
  const length = tensorLength(input);
  const channels = input.scale.length;
  const tensor = new Float32Array(count * length);
  for (let i = 0; i < tensor.length; i++) {
    const within = i % length;
    const c = input.layout === 'NHWC' ? within % channels : Math.floor(within / (input.width * input.height));
    const contrast = Math.floor(i / length) % 2 === 0 ? 255 : 60;
    tensor[i] = random.uniform() * contrast * (input.scale[c] ?? 1) + (input.offset[c] ?? 0);
  }
  return tensor;
}

/** The greatest difference of two arrays of one length. */
export function distance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] ?? 0))), 0);
}
