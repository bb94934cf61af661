import { describe, expect, it } from 'vitest';
import { BadInputError } from '../../../protocol/base/errors.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { createDrawnScorer } from '../../../worker/drawn-scorer.js';
import { checkFurther } from '../../../worker/objective/further.js';
import { joint } from '../../../worker/objective/joint-classifier.js';
import { foundIsland, stripesSpec } from '../island/fixtures.js';

const GREY: TensorSpec = {
  ...{ layout: 'NCHW', width: 8, height: 8, channels: 'grey' },
  ...{ scale: [1 / 255], offset: [0] },
};
const COLOUR: TensorSpec = {
  ...{ layout: 'NCHW', width: 4, height: 4, channels: 'RGB' },
  ...{ scale: [1, 0.5, 0.25], offset: [-1, -2, -3] },
};
const TURNED: TensorSpec = {
  ...{ layout: 'NHWC', width: 4, height: 4, channels: 'BGR' },
  ...{ scale: [0.02, 0.017, 0.019], offset: [0.4, -2.1, 1] },
};

/** A network by hand: `see` gives the confidences of one image. It tells what it was shown. */
function byHand(
  input: TensorSpec,
  see: (image: Float32Array) => readonly number[],
  more: Partial<Classifier> = {},
) {
  const shown: Float32Array[] = [];
  const pixels = input.width * input.height * (input.channels === 'grey' ? 1 : 3);
  const classifier: Classifier = {
    ...{
      engine: 'hand',
      output: 'sigmoid',
      device: 'test',
      digest: 'ab'.repeat(32),
      classes: 3,
      batch: 1,
      input,
    },
    async classify(tensor, count) {
      const images = Array.from({ length: count }, (_, i) => tensor.slice(i * pixels, (i + 1) * pixels));
      shown.push(...images);
      return Float32Array.from(images.flatMap(see));
    },
    async warmup() {},
    async close() {},
    ...more,
  };
  return { classifier, shown };
}

const IN_PLACE = [0, 1, 2];

describe('several networks as one', () => {
  const one = () => byHand(GREY, () => [0.9, 0.2, 0.5]).classifier;
  const other = () => byHand(GREY, () => [0.1, 0.4, 0.8]).classifier;
  const image = new Float32Array(64);

  it('give the least of their confidences, or the mean, class by class', async () => {
    const further = [{ classifier: other(), classes: IN_PLACE }];
    const least = await joint(one(), further, 'minimum').classify(image, 1);
    const mean = await joint(one(), further, 'mean').classify(image, 1);
    expect([...least]).toEqual([0.1, 0.2, 0.5].map(Math.fround));
    for (const [i, value] of [0.5, 0.3, 0.65].entries()) expect(mean[i]).toBeCloseTo(value, 6);
  });

  it('are asked in the order of the first one’s classes', async () => {
    // Its class 2 is the first one's class 0.
    const further = [{ classifier: other(), classes: [2, 0, 1] }];
    const least = await joint(one(), further, 'minimum').classify(new Float32Array(128), 2);
    expect([...least]).toEqual([0.8, 0.1, 0.4, 0.8, 0.1, 0.4].map(Math.fround));
  });

  it('are the first one itself where there is no other', () => {
    const alone = one();
    expect(joint(alone, [], 'mean')).toBe(alone);
  });

  it('each see the bytes of an image at their own scale, offset, layout and order of channels', async () => {
    const random = randomFrom(5, 'joint');
    const bytes = Array.from({ length: 2 * 48 }, () => random.below(256));
    const levelOf = (image: number, c: number, pixel: number) => bytes[image * 48 + c * 16 + pixel] ?? 0;
    const tensor = new Float32Array(2 * 48);
    const expected = new Float32Array(2 * 48);
    for (let i = 0; i < 2; i++) {
      for (let c = 0; c < 3; c++) {
        for (let pixel = 0; pixel < 16; pixel++) {
          const level = levelOf(i, c, pixel);
          tensor[i * 48 + c * 16 + pixel] = level * (COLOUR.scale[c] ?? 0) + (COLOUR.offset[c] ?? 0);
          expected[i * 48 + pixel * 3 + (2 - c)] =
            level * (TURNED.scale[2 - c] ?? 0) + (TURNED.offset[2 - c] ?? 0);
        }
      }
    }
    const first = byHand(COLOUR, () => [1, 1, 1]);
    const second = byHand(TURNED, () => [1, 1, 1]);
    await joint(first.classifier, [{ classifier: second.classifier, classes: IN_PLACE }], 'mean').classify(
      tensor,
      2,
    );
    expect(first.shown.flatMap((each) => [...each])).toEqual([...tensor]);
    const seen = second.shown.flatMap((each) => [...each]);
    for (const [i, value] of seen.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  });

  it('have all images before the first answers: what was handed over may be drawn upon meanwhile', async () => {
    const tensor = new Float32Array(64).fill(100 / 255);
    const first = byHand(GREY, () => [0, 0, 0]);
    const spoils: Classifier = {
      ...first.classifier,
      classify: async (images, count) => {
        tensor.fill(0);
        return first.classifier.classify(images, count);
      },
    };
    const second = byHand({ ...GREY, scale: [1] }, () => [0, 0, 0]);
    await joint(spoils, [{ classifier: second.classifier, classes: IN_PLACE }], 'mean').classify(tensor, 1);
    expect(first.shown[0]?.[0]).toBeCloseTo(100 / 255, 6);
    expect(second.shown[0]?.[0]).toBe(100);
  });

  it('evolve images that both take for a class, though each is fooled by other images too', async () => {
    // Of six classes, class c is certain where a stripe of pixels is bright; the second network has other stripes.
    const stripes = (stride: number) => (tensor: Float32Array) =>
      Array.from({ length: 6 }, (_, c) => {
        const [a = 0, b = 0] = [tensor[(c * 8) % 64], tensor[(c * stride + 5) % 64]];
        return (a + b) / 2;
      });
    const [one, other] = [8, 11].map((stride) => byHand(GREY, stripes(stride), { classes: 6 }).classifier);
    if (!one || !other) throw new Error('two networks');
    const both = joint(one, [{ classifier: other, classes: [0, 1, 2, 3, 4, 5] }], 'minimum');
    const spec = stripesSpec({ seed: 3 });
    const island = foundIsland(spec, undefined, both);
    while (island.totals.evaluations < 300) await island.step(50);
    const drawer = loadDrawer();
    const elites = [...island.archive.elites()];
    expect(elites).toHaveLength(6);
    for (const { candidate, classId, confidence } of elites) {
      const rows = await Promise.all(
        [one, other].map((classifier) =>
          createDrawnScorer({ drawer, classifier, views: 'single' }).score([candidate.genome]),
        ),
      );
      expect(confidence).toBeCloseTo(Math.min(...rows.map((row) => row[classId] ?? 0)), 6);
      expect(confidence).toBeGreaterThan(0.8);
    }
  });
});

describe('the gradient of several networks that draw', () => {
  /** Two weights go in: p of class 0 is the sigmoid of `a · w`, class 1 has the rest. */
  function line(a: readonly [number, number]): Classifier {
    const p = (w: Float32Array, i: number) =>
      1 / (1 + Math.exp(-(a[0] * (w[2 * i] ?? 0) + a[1] * (w[2 * i + 1] ?? 0))));
    const rows = (w: Float32Array, count: number) =>
      Float32Array.from({ length: 2 * count }, (_, at) => {
        const confidence = p(w, Math.floor(at / 2));
        return at % 2 === 0 ? confidence : 1 - confidence;
      });
    return byHand(GREY, () => [], {
      classes: 2,
      openDense: async () => ({
        classify: async (w, count) => rows(w, count),
        async gradient(w, count, classIds) {
          // d(−log p)/dw = −(1 − p)·a; of the other class, p·a.
          const gradient = Float32Array.from({ length: 2 * count }, (_, at) => {
            const i = Math.floor(at / 2);
            const slope = classIds[i] === 0 ? -(1 - p(w, i)) : p(w, i);
            return slope * (a[at % 2] ?? 0);
          });
          return { confidences: rows(w, count), gradient };
        },
        async close() {},
      }),
    }).classifier;
  }

  it.each(['minimum', 'mean'] as const)(
    'is that of finite differences (%s), whatever the order of classes',
    async (reduce) => {
      const both = joint(line([1, 0.5]), [{ classifier: line([0.3, -2]), classes: [1, 0] }], reduce);
      const drawn = await both.openDense?.({ channels: 1, layers: 1, width: 4 });
      if (drawn === undefined) throw new Error('both draw');
      const weights = Float32Array.from([0.4, -0.7, 1.1, 0.2]);
      const classIds = [0, 1];
      const { gradient, confidences } = await drawn.gradient(weights, 2, classIds);
      expect(confidences).toEqual(await drawn.classify(weights, 2));
      const step = 1e-3;
      const loss = async (at: number, by: number) => {
        const moved = weights.slice();
        moved[at] = (moved[at] ?? 0) + by;
        const i = Math.floor(at / 2);
        return -Math.log((await drawn.classify(moved, 2))[2 * i + (classIds[i] ?? 0)] ?? 0);
      };
      for (const at of weights.keys()) {
        const slope = ((await loss(at, step)) - (await loss(at, -step))) / (2 * step);
        expect(gradient[at]).toBeCloseTo(slope, 3);
      }
    },
  );

  it('is not there where one of them cannot draw', () => {
    const silent = byHand(GREY, () => [0.5, 0.5], { classes: 2 }).classifier;
    expect(joint(line([1, 1]), [{ classifier: silent, classes: [0, 1] }], 'mean').openDense).toBeUndefined();
  });
});

describe('a further network', () => {
  const known = (labels: readonly string[], input = GREY, digest = 'a') => ({
    name: `net ${digest}`,
    labels,
    input,
    digest,
  });
  const first = known(['cat', 'dog', 'owl']);
  const problemOf = (further: ReturnType<typeof known>) => {
    try {
      checkFurther(first, further);
    } catch (error) {
      if (error instanceof BadInputError) return error.problem;
    }
    return undefined;
  };

  it('has the same classes, in whatever order', () => {
    expect(checkFurther(first, known(['Owl', 'cat', 'DOG'], GREY, 'b'))).toEqual([1, 2, 0]);
    expect(checkFurther(first, known(['class 0', 'class 1', 'class 2'], GREY, 'b'))).toEqual([0, 1, 2]);
  });

  it('may have two classes of one name, where all stand in the same places', () => {
    const cranes = ['crane', 'owl', 'crane'];
    expect(checkFurther(known(cranes), known(cranes, GREY, 'b'))).toEqual([0, 1, 2]);
  });

  it('is refused in a sentence: other classes, fewer, another size, other colours, the same network', () => {
    expect(problemOf(known(['cat', 'dog', 'newt'], GREY, 'b'))).toBe(
      '2 of the 3 classes of net a are among the 3 of net b, but all have to be.',
    );
    expect(problemOf(known(['cat', 'dog', 'owl', 'newt'], GREY, 'b'))).toContain('3 of the 3 classes');
    expect(problemOf(known(first.labels, { ...GREY, width: 9 }, 'b'))).toBe(
      'net b takes 9 × 8 pixels in grey, and net a takes 8 × 8 pixels in grey: no image is the same to both.',
    );
    expect(problemOf(known(first.labels, { ...COLOUR, width: 8, height: 8 }, 'b'))).toContain('in colour');
    expect(problemOf(known(first.labels, GREY, 'a'))).toBe('net a is the network of the run itself.');
  });
});

describe('the gradient of several networks by the image that the first is given', () => {
  /** p of class 0 is the sigmoid of a weighted sum of what the network is shown, class 1 has the rest. */
  function weighing(input: TensorSpec, seed: number): Classifier {
    const random = randomFrom(seed, 'weighing');
    const length = input.width * input.height * 3;
    const weights = Array.from({ length }, () => (0.1 / 255) * (2 * random.uniform() - 1)).map(
      (weight, at) => {
        const channel = input.layout === 'NCHW' ? Math.floor(at / 16) : at % 3;
        return weight / (input.scale[channel] as number);
      },
    );
    const p = (image: Float32Array) =>
      1 / (1 + Math.exp(-weights.reduce((sum, weight, at) => sum + weight * (image[at] as number), 0)));
    const see = (image: Float32Array) => [p(image), 1 - p(image)];
    return byHand(input, see, {
      classes: 2,
      async gradient(tensor, count, classIds) {
        const images = Array.from({ length: count }, (_, i) => tensor.slice(i * length, (i + 1) * length));
        const slope = (image: Float32Array, i: number) => (classIds[i] === 0 ? p(image) - 1 : p(image));
        return {
          confidences: Float32Array.from(images.flatMap(see)),
          gradient: Float32Array.from(images.flatMap((image, i) => weights.map((w) => w * slope(image, i)))),
        };
      },
    }).classifier;
  }

  it.each(['minimum', 'mean'] as const)(
    'is that of steps of one level (%s), in another layout',
    async (reduce) => {
      const both = joint(weighing(COLOUR, 1), [{ classifier: weighing(TURNED, 2), classes: [1, 0] }], reduce);
      const random = randomFrom(3, 'levels');
      const scaleAt = (at: number) => COLOUR.scale[Math.floor((at % 48) / 16)] as number;
      const tensor = Float32Array.from({ length: 96 }, (_, at) => {
        const level = 1 + random.below(254);
        return level * scaleAt(at) + (COLOUR.offset[Math.floor((at % 48) / 16)] as number);
      });
      const classIds = [0, 1];
      const found = await both.gradient?.(tensor, 2, classIds);
      expect(found?.confidences).toEqual(await both.classify(tensor, 2));
      const loss = async (at: number, by: number) => {
        const moved = tensor.with(at, (tensor[at] as number) + by * scaleAt(at));
        const i = Math.floor(at / 48);
        return -Math.log((await both.classify(moved, 2))[2 * i + (classIds[i] ?? 0)] ?? 0);
      };
      const wanted: number[] = [];
      for (const at of tensor.keys()) wanted.push((await loss(at, 1)) - (await loss(at, -1)));
      const byLevel = wanted.map((_, at) => 2 * (found?.gradient[at] as number) * scaleAt(at));
      const greatest = Math.max(...wanted.map(Math.abs));
      expect(greatest).toBeGreaterThan(1e-4);
      for (const [at, slope] of wanted.entries()) {
        expect(Math.abs(slope - (byLevel[at] as number)) / greatest).toBeLessThan(5e-3);
      }
    },
  );

  it('is not there where one of them has none', () => {
    const silent = byHand(COLOUR, () => [0.5, 0.5], { classes: 2 }).classifier;
    const both = joint(weighing(COLOUR, 1), [{ classifier: silent, classes: [0, 1] }], 'mean');
    expect(both.gradient).toBeUndefined();
  });
});
