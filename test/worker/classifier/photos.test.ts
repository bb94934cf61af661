import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../coordinator/export/png.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import { pictureSize } from '../../../protocol/drawing/views.js';
import { DEFAULT_LAYERS } from '../../../protocol/encodings/layers-spec.js';
import { randomGenome } from '../../../protocol/encodings/variation.js';
import type { Classifier } from '../../../worker/classifier/classifier.js';
import { classifyPhotos } from '../../../worker/classifier/photos.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-photos-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Two classes: the mean of an image's floats, and one minus it. Keeps what it was given. */
function meanClassifier(input: TensorSpec): Classifier & { readonly given: Float32Array[] } {
  const given: Float32Array[] = [];
  return {
    ...{ engine: 'onnx', device: 'cpu', digest: '', classes: 2, batch: 4, input, output: 'softmax', given },
    async classify(tensor, count) {
      given.push(tensor);
      const length = tensor.length / count;
      const means = Array.from({ length: count }, (_, i) => {
        const image = tensor.subarray(i * length, (i + 1) * length);
        return image.reduce((sum, value) => sum + value, 0) / length;
      });
      return Float32Array.from(means.flatMap((mean) => [mean, 1 - mean]));
    },
    warmup: async () => undefined,
    close: async () => undefined,
  };
}

const INPUTS = (['NCHW', 'NHWC'] as const).flatMap((layout) =>
  (['RGB', 'BGR', 'grey'] as const).map((channels): TensorSpec => {
    const count = channels === 'grey' ? 1 : 3;
    const factors = { scale: [0.01, 0.02, 0.03].slice(0, count), offset: [0.1, 0.2, 0.3].slice(0, count) };
    return { layout, channels, width: 30, height: 44, ...factors };
  }),
);

describe.each(INPUTS)('ten crops of a picture in a file, as $layout $channels,', (input) => {
  it('are those that the kernel makes of the genome that the picture was drawn of', async () => {
    const drawer = loadDrawer();
    const channels = input.channels === 'grey' ? 1 : 3;
    const genome = randomGenome(
      { encoding: 'direct', canvas: 64, channels, layers: DEFAULT_LAYERS },
      randomFrom(5, 'photos'),
    );
    const { width, height } = pictureSize('ten-crop', input.width, input.height);
    const path = join(directory, `${input.layout}${input.channels}.png`);
    await writeFile(path, await encodePng(drawer.pixels(genome, width, height)));
    const classifier = meanClassifier(input);
    const confidences = await classifyPhotos([path], classifier, 'ten-crop');
    const expected = drawer.tensor([genome], input, 'ten-crop');
    expect(classifier.given[0]).toHaveLength(expected.length);
    const largest = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (classifier.given[0]?.[i] ?? Number.NaN))),
      0,
    );
    expect(largest).toBeLessThan(1e-5);
    const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
    expect(confidences[0]).toBeCloseTo(mean, 4);
  });
});

it('several pictures are shown in one call, in their order', async () => {
  const input = {
    layout: 'NHWC',
    width: 4,
    height: 4,
    channels: 'grey',
    scale: [1 / 255],
    offset: [0],
  } as const;
  const levels = [10, 250, 90];
  const paths = await Promise.all(
    levels.map(async (level) => {
      const path = join(directory, `${level}.png`);
      const create = {
        width: 9,
        height: 5,
        channels: 3,
        background: { r: level, g: level, b: level },
      } as const;
      await sharp({ create }).png().toFile(path);
      return path;
    }),
  );
  const classifier = meanClassifier(input);
  const confidences = await classifyPhotos(paths, classifier, 'single');
  expect(classifier.given).toHaveLength(1);
  levels.forEach((level, i) => {
    expect(confidences[2 * i]).toBeCloseTo(level / 255, 5);
  });
});
