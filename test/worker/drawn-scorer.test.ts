import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import {
  channelCount,
  type TensorSpec,
  tensorLength,
  VIEW_COUNT,
  type Views,
} from '../../protocol/drawing/tensor-spec.js';
import { pictureSize, viewsOf } from '../../protocol/drawing/views.js';
import type { DenseGenome } from '../../protocol/encodings/dense/genome.js';
import { DENSE_PARAMETERS } from '../../protocol/encodings/dense/parameters.js';
import { randomDense } from '../../protocol/encodings/dense/variation.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { createDrawnScorer } from '../../worker/drawn-scorer.js';
import { smoothDense } from '../protocol/drawing/smooth-dense.js';

const CLASSES = 3;

/** A network that can be solved by hand: p of class c is the sigmoid of a weighted sum of the tensor. */
function sigmoids(input: TensorSpec): Classifier & { logits(image: ArrayLike<number>): number[] } {
  const length = tensorLength(input);
  const random = randomFrom(5, 'sigmoids');
  const weights = Array.from({ length: CLASSES }, () =>
    Float64Array.from({ length }, () => 0.05 * (2 * random.uniform() - 1)),
  );
  const logits = (image: ArrayLike<number>) =>
    weights.map((row) => row.reduce((sum, weight, i) => sum + weight * (image[i] as number), 0));
  const imageOf = (tensor: Float32Array, i: number) => tensor.subarray(i * length, (i + 1) * length);
  const chancesOf = (tensor: Float32Array, count: number) =>
    Array.from({ length: count }, (_, i) => logits(imageOf(tensor, i)).map((z) => 1 / (1 + Math.exp(-z))));
  const classifier: Classifier = {
    ...{ engine: 'hand', device: 'cpu', digest: 'ab'.repeat(32), output: 'sigmoid', batch: 1 },
    ...{ input, classes: CLASSES },
    classify: async (tensor, count) => Float32Array.from(chancesOf(tensor, count).flat()),
    async gradient(tensor, count, classIds) {
      const chances = chancesOf(tensor, count);
      const gradient = new Float32Array(count * length);
      classIds.forEach((classId, i) => {
        const p = chances[i]?.[classId] as number;
        weights[classId]?.forEach((weight, at) => {
          gradient[i * length + at] = -(1 - p) * weight;
        });
      });
      return { confidences: Float32Array.from(chances.flat()), gradient };
    },
    async warmup() {},
    async close() {},
  };
  return { ...classifier, logits };
}

/** The tensor of a picture, [channels, height, width], as the network is shown it in one view: colours in their order. */
function shown(picture: Float64Array, spec: TensorSpec, views: Views, view: number): Float64Array {
  const { width, height, channels, layout, scale, offset } = spec;
  const size = pictureSize(views, width, height);
  const window = viewsOf(views, size.width, size.height, width, height)[view];
  if (window === undefined) throw new Error('no such view');
  const count = channelCount(channels);
  const tensor = new Float64Array(tensorLength(spec));
  for (let c = 0; c < count; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = window.left + (window.mirrored ? width - 1 - x : x);
        const plane = channels === 'BGR' ? 2 - c : c;
        const byte = picture[(plane * size.height + window.top + y) * size.width + column] as number;
        const at = layout === 'NCHW' ? (c * height + y) * width + x : (y * width + x) * count + c;
        tensor[at] = byte * (scale[c] as number) + (offset[c] as number);
      }
    }
  }
  return tensor;
}

describe('the gradients of a scorer that draws', () => {
  const drawer = loadDrawer();
  const sides = { width: 12, height: 10 };
  const colour = { scale: [0.01, 0.012, 0.008], offset: [-1, -1.5, -0.7] };

  it.each([
    ['single', { layout: 'NCHW', channels: 'RGB', ...sides, ...colour }],
    ['ten-crop', { layout: 'NCHW', channels: 'RGB', ...sides, ...colour }],
    ['ten-crop', { layout: 'NHWC', channels: 'BGR', ...sides, ...colour }],
    ['ten-crop', { layout: 'NHWC', channels: 'grey', ...sides, scale: [0.01], offset: [-1] }],
  ] as const)('are those of −log of the mean confidence: %s, %o', async (views, spec) => {
    const random = randomFrom(7, 'scored', spec.channels, views);
    const network = sigmoids(spec);
    const scorer = createDrawnScorer({ drawer, classifier: network, views, encoding: 'dense' });
    const shape = { channels: channelCount(spec.channels), layers: 2, width: 8 } as const;
    const genomes = [randomDense(shape, random), randomDense(shape, random)];
    const classIds = [2, 0];
    const found = await scorer.gradient?.(genomes, classIds);
    const loss = (genome: DenseGenome, classId: number, weights: Float64Array) => {
      const size = pictureSize(views, spec.width, spec.height);
      const picture = smoothDense(genome, weights, size.width, size.height);
      const count = VIEW_COUNT[views];
      let sum = 0;
      for (let view = 0; view < count; view++) {
        const z = network.logits(shown(picture, spec, views, view))[classId] as number;
        sum += 1 / (1 + Math.exp(-z));
      }
      return -Math.log(sum / count);
    };
    genomes.forEach((genome, i) => {
      const gradient = found?.gradients[i] ?? new Float32Array();
      const weights = Float64Array.from(DENSE_PARAMETERS.read(genome));
      const greatest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(greatest).toBeGreaterThan(0);
      for (let at = 0; at < weights.length; at += 7) {
        const moved = (by: number) =>
          loss(genome, classIds[i] ?? 0, weights.with(at, (weights[at] ?? 0) + by));
        const wanted = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        // Confidences are of the picture in 8 bits, those here of the picture before.
        expect(Math.abs((gradient[at] ?? Number.NaN) - wanted) / greatest).toBeLessThan(5e-3);
      }
    });
    expect(found?.confidences).toEqual(await scorer.score(genomes));
  });

  it('are there only where the encoding has a pull-back, the engine a gradient and the drawer a way back', () => {
    const classifier = sigmoids({ layout: 'NCHW', channels: 'RGB', ...sides, ...colour });
    const views = 'single';
    const { pullBack: _, ...drawsOnly } = drawer;
    const { gradient: __, ...classifiesOnly } = classifier;
    const parts = { drawer, classifier, views, encoding: 'dense' } as const;
    expect(createDrawnScorer(parts).gradient).toBeDefined();
    expect(createDrawnScorer({ drawer, classifier, views }).gradient).toBeUndefined();
    expect(createDrawnScorer({ ...parts, drawer: drawsOnly }).gradient).toBeUndefined();
    expect(createDrawnScorer({ ...parts, classifier: classifiesOnly }).gradient).toBeUndefined();
  });
});
