import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PresetName } from '../../../worker/model/preprocessing.js';
import { encodeModel } from '../../../worker/onnx/file.js';
import { floatTensor, integerTensor } from '../../../worker/onnx/tensor.js';
import { readLabelledPictures, sampleOf } from '../../../worker/probe/labelled-pictures.js';
import { openTrials } from '../../../worker/probe/open-trials.js';
import { probe } from '../../../worker/probe/probe.js';
import { node, tinyModel } from '../onnx/tiny-networks.js';

const SIDE = 4;
const PIXELS = SIDE * SIDE;
/** Class c is the colour COLOURS[c], each pixel of it; the greys between others are missed when all is stretched or moved. */
const COLOURS = [
  [200, 40, 40],
  [40, 40, 200],
  [50, 50, 50],
  [90, 90, 90],
  [130, 130, 130],
  [170, 170, 170],
  [210, 210, 210],
] as const;

const MEAN = { imagenet: [0.485, 0.456, 0.406], caffe: [123.68, 116.779, 103.939] };
const STD = [0.229, 0.224, 0.225];

/** What a preset makes of a byte of the colour `c` (0 red, 1 green, 2 blue), written out again from its papers. */
const BYTES: Record<PresetName, (byte: number, c: number) => number> = {
  unit: (byte) => byte / 255,
  signed: (byte) => byte / 127.5 - 1,
  imagenet: (byte, c) => (byte / 255 - (MEAN.imagenet[c] ?? 0)) / (STD[c] ?? 1),
  caffe: (byte, c) => byte - (MEAN.caffe[c] ?? 0),
  byte: (byte) => byte,
};

/**
 * A linear network that names the nearest colour, for pixels under `preset`, its channels in the order red, green, blue or
 * the other: the score of class k is x · t − t · t / 2 for its tensor t.
 */
function nearestColour(
  preset: PresetName,
  order: readonly number[],
  layout: 'NCHW' | 'NHWC',
  sharpness: number,
) {
  const features = 3 * PIXELS;
  const weights = new Float32Array(features * COLOURS.length);
  const bias = new Float32Array(COLOURS.length);
  COLOURS.forEach((colour, k) => {
    for (let f = 0; f < features; f++) {
      const c = order[layout === 'NCHW' ? Math.floor(f / PIXELS) : f % 3] ?? 0;
      const value = BYTES[preset](colour[c as 0 | 1 | 2], c);
      weights[f * COLOURS.length + k] = sharpness * value;
      bias[k] = (bias[k] ?? 0) - (sharpness * value ** 2) / 2;
    }
  });
  const dims = layout === 'NCHW' ? ['N', 3, SIDE, SIDE] : ['N', SIDE, SIDE, 3];
  return encodeModel(
    tinyModel({
      inputs: [{ name: 'x', dims }],
      outputs: [{ name: 'y', dims: ['N', COLOURS.length] }],
      nodes: [
        node('Reshape', ['x', 'flat'], 'f'),
        node('MatMul', ['f', 'w'], 'g'),
        node('Add', ['g', 'b'], 'y'),
      ],
      weights: [
        integerTensor('flat', [-1, features]),
        floatTensor('w', [features, COLOURS.length], weights),
        floatTensor('b', [COLOURS.length], bias),
      ],
    }),
  );
}

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atoll-probe-'));
  await pictures('folders', (classId) => `${classId}/picture.png`);
  await pictures('names', (classId) => `00${classId}_picture.png`);
  await writeFile(join(root, 'names/README.md'), 'not a picture');
  await mkdir(join(root, 'folders/empty'));
});
afterAll(() => rm(root, { recursive: true }));

async function pictures(directory: string, nameOf: (classId: number) => string): Promise<void> {
  for (const [classId, [r, g, b]] of COLOURS.entries()) {
    const path = join(root, directory, nameOf(classId));
    await mkdir(join(path, '..'), { recursive: true });
    await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: { r, g, b } } })
      .png()
      .toFile(path);
  }
}

const TABLE = { labels: COLOURS.map((_, classId) => `class ${classId}`), aliases: [] };
const CPU = { engine: 'onnx', device: 'cpu' } as const;

describe('a probe', () => {
  const presets: [PresetName, readonly number[], 'NCHW' | 'NHWC', string][] = [
    ['unit', [0, 1, 2], 'NCHW', 'RGB'],
    ['signed', [2, 1, 0], 'NHWC', 'BGR'],
    ['imagenet', [0, 1, 2], 'NCHW', 'RGB'],
    ['caffe', [2, 1, 0], 'NCHW', 'BGR'],
    ['byte', [0, 1, 2], 'NHWC', 'RGB'],
  ];
  it.each(presets)('finds out that a network wants %s', async (preset, order, layout, channels) => {
    const path = join(root, `${made++}.onnx`);
    const isWide = preset === 'caffe' || preset === 'byte';
    await writeFile(path, nearestColour(preset, order, layout, isWide ? 1e-3 : 1));
    const opened = await openTrials(path, {}, CPU);
    try {
      const progress: number[] = [];
      const found = await readLabelledPictures(join(root, 'names'), TABLE);
      const results = await probe(opened.trials, found, { onProgress: (done) => progress.push(done) });
      expect(results[0]).toMatchObject({
        preprocess: preset,
        input: { channels, layout },
        top1: 7,
        pictures: 7,
      });
      expect(results).toHaveLength(10);
      expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7]);
    } finally {
      await opened.close();
    }
  });

  it('is interrupted between two pictures', async () => {
    const path = join(root, `${made++}.onnx`);
    await writeFile(path, nearestColour('unit', [0, 1, 2], 'NCHW', 1));
    const opened = await openTrials(path, { channels: 'RGB' }, CPU);
    const controller = new AbortController();
    const found = await readLabelledPictures(join(root, 'folders'), TABLE);
    const going = probe(opened.trials, found, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(going).rejects.toMatchObject({ code: 'ERR_INTERRUPTED', exitCode: 130 });
    await opened.close();
  });
});

describe('labelled pictures', () => {
  it('are found in a folder for each class, and under names that begin with the index', async () => {
    for (const directory of ['folders', 'names']) {
      const found = await readLabelledPictures(join(root, directory), TABLE);
      expect(found.map(({ classId }) => classId)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  it('are spread evenly where only some are taken', () => {
    const all = Array.from({ length: 10 }, (_, classId) => ({ path: `${classId}`, classId }));
    expect(sampleOf(all, 4).map(({ classId }) => classId)).toEqual([0, 2, 5, 7]);
    expect(sampleOf(all, 20)).toBe(all);
  });

  it('that are missing, mixed or without a class are refused in two sentences', async () => {
    const write = async (name: string) => {
      await mkdir(join(root, name, '..'), { recursive: true });
      await writeFile(join(root, name), '');
    };
    for (const name of [
      'mixed/0/a.png',
      'mixed/1_b.png',
      'nameless/IMG_1.png',
      'strange/0/a.png',
      'strange/seven/a.png',
      'nothing/a.txt',
      'beyond/9_a.jpg',
    ]) {
      await write(name);
    }
    const wrong: [string, RegExp][] = [
      ['nowhere', /^There is no folder .*nowhere\. Check the path\.$/],
      ['nothing/a.txt', /a\.txt is not a folder\. Give a folder/],
      [
        'nothing',
        /holds no PNG, JPEG or WebP pictures\. Give a folder with one folder of pictures for each class/,
      ],
      ['mixed', /holds pictures, and folders of pictures beside them\. /],
      [
        'nameless',
        /The picture IMG_1\.png in .*nameless says no class of the network, whose classes are 0 to 6\. Begin the name/,
      ],
      [
        'strange',
        /The folder seven in .*strange says no class of the network.*Correct this name, or remove it/,
      ],
      ['beyond', /9_a\.jpg in .* whose classes are 0 to 6\./],
    ];
    for (const [directory, sentence] of wrong) {
      const reading = readLabelledPictures(join(root, directory), TABLE);
      await expect(reading, directory).rejects.toThrow(sentence);
      await expect(reading).rejects.toMatchObject({ code: 'ERR_IMAGES', exitCode: 2 });
    }
  });
});
