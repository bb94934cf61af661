import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import type { ClassGradient, Classifier } from '../../../worker/classifier/classifier.js';

export interface ConformanceOptions {
  /** A reason why this machine cannot run it; undefined: it can. */
  readonly skip?: string | undefined;
  /** How far a batch may be from one by one. */
  readonly tolerance?: number;
  /** A network that rounds on its way has no slope that a difference shows, and an engine may know none. */
  readonly gradient?: 'smooth' | 'rounded' | 'absent';
  /** Milliseconds that opening may take. */
  readonly openTimeout?: number;
}

/** What every classifier promises, whatever its engine and network. */
export function classifierConformance(
  name: string,
  open: () => Promise<Classifier>,
  { skip, tolerance = 1e-5, gradient = 'smooth', openTimeout = 60_000 }: ConformanceOptions = {},
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

    describe.skipIf(gradient === 'absent')('asked for a gradient', () => {
      const length = () => tensorLength(classifier.input);
      let found: ClassGradient;
      let wanted: readonly number[];
      beforeAll(async () => {
        wanted = Array.from({ length: 7 }, (_, i) => runnerUp(together, classifier.classes, i));
        found = await gradientOf(classifier, seven, wanted);
      }, openTimeout);

      it('gives the confidences that it gives otherwise', () => {
        expect(distance(found.confidences, together)).toBeLessThanOrEqual(Math.max(tolerance, 1e-5));
      });

      it('sees an image the same alone and in a batch', async () => {
        for (const image of [0, 6]) {
          const own = (values: Float32Array) => values.subarray(image * length(), (image + 1) * length());
          const alone = await gradientOf(classifier, own(seven), wanted.slice(image, image + 1));
          const scale = own(found.gradient).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
          expect(scale).toBeGreaterThan(0);
          expect(distance(alone.gradient, own(found.gradient)) / scale).toBeLessThan(1e-3);
        }
      });

      it.skipIf(gradient === 'rounded')('is right about how fast −log p falls along it', async () => {
        const { classes } = classifier;
        // Where a class is out of reach, float32 shows no slope.
        const chances = wanted.map((classId, image) => together[image * classes + classId] ?? 0);
        const images = [...chances.keys()].sort((a, b) => (chances[b] ?? 0) - (chances[a] ?? 0));
        for (const image of images.slice(0, 2)) {
          const at = seven.subarray(image * length(), (image + 1) * length());
          const slope = found.gradient.subarray(image * length(), (image + 1) * length());
          const norm = Math.sqrt(slope.reduce((sum, each) => sum + each * each, 0));
          // A step that changes −log p by a hundredth either way: few kinks lie on it, and float32 still shows it.
          const step = 0.01 / norm ** 2;
          const loss = async (sign: number) => {
            const moved = at.map((value, i) => value + sign * step * (slope[i] ?? 0));
            const p = (await classifier.classify(moved, 1))[wanted[image] ?? 0] ?? 0;
            return -Math.log(p);
          };
          expect(classes).toBeGreaterThan(wanted[image] ?? 0);
          expect((await loss(1)) - (await loss(-1))).toBeGreaterThan(0.02 * 0.97);
          expect((await loss(1)) - (await loss(-1))).toBeLessThan(0.02 * 1.03);
        }
      });

      it('wants a class that there is for each image', async () => {
        const one = seven.subarray(0, length());
        for (const classIds of [[], [-1], [classifier.classes], [0.5], [0, 0]]) {
          await expect(gradientOf(classifier, one, classIds, 1)).rejects.toThrow(RangeError);
        }
      });
    });

    it.skipIf(gradient !== 'absent')('says that it knows no gradients', () => {
      expect(classifier.gradient).toBeUndefined();
    });

    it(
      'rejects once it is closed, and closes twice',
      async () => {
        const other = await open();
        await other.close();
        await other.close();
        await expect(other.classify(noise(other, 1), 1)).rejects.toThrow();
        if (gradient !== 'absent') await expect(gradientOf(other, noise(other, 1), [0])).rejects.toThrow();
      },
      openTimeout,
    );
  });
}

function gradientOf(
  classifier: Classifier,
  images: Float32Array,
  classIds: readonly number[],
  count = classIds.length,
): Promise<ClassGradient> {
  if (classifier.gradient === undefined) throw new Error('this engine knows no gradients');
  return classifier.gradient(images, count, classIds);
}

/** The class of the second greatest confidence of image `i`: neither certain, where nothing rises, nor out of reach. */
function runnerUp(confidences: Float32Array, classes: number, i: number): number {
  const row = confidences.subarray(i * classes, (i + 1) * classes);
  const [, second = 0] = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
  return second;
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
