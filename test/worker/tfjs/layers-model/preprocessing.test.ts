import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers as L, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import { useWasm } from '../../../../worker/classifier/tensorflow/wasm.js';
import { convertLayers } from '../../../../worker/tfjs/layers-model/convert.js';
import {
  changedFiles,
  classifier,
  converted,
  insert,
  layersOf,
  type Options,
  replace,
  set,
} from './changed-models.js';
import { largestDifference, type ModelJson } from './comparison.js';

let dir: string;
beforeAll(useWasm);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atoll-preprocessing-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('images are resized as tf.image.resize does:', () => {
  const size = { height: 5, width: 13 };
  const resizeBilinear = (x: tf.Tensor4D, to: [number, number]) =>
    tf.image.resizeBilinear(x, to, false, true);
  it.each<[string, string, Options, (x: tf.Tensor4D) => tf.Tensor4D]>([
    ['bilinearly', 'Resizing', { interpolation: 'bilinear' }, (x) => resizeBilinear(x, [5, 13])],
    [
      'to the nearest',
      'Resizing',
      { interpolation: 'nearest' },
      (x) => tf.image.resizeNearestNeighbor(x, [5, 13], false, true),
    ],
    // 9×16 pixels of which ⌊16 · 5 ⁄ 13⌋ = 6 rows have the aspect ratio of 5×13.
    [
      'after what the aspect ratio cuts away',
      'Resizing',
      { crop_to_aspect_ratio: true },
      (x) => resizeBilinear(tf.slice(x, [0, 1, 0, 0], [20, 6, 16, 3]), [5, 13]),
    ],
    [
      'where a random crop does not train',
      'RandomCrop',
      {},
      (x) => resizeBilinear(tf.slice(x, [0, 1, 0, 0], [20, 6, 16, 3]), [5, 13]),
    ],
    [
      'not at all where the middle is taken',
      'CenterCrop',
      {},
      (x) => tf.slice(x, [0, 2, 1, 0], [20, 5, 13, 3]),
    ],
    [
      'where the middle of too few is taken',
      'CenterCrop',
      { height: 12, width: 16 },
      (x) => resizeBilinear(tf.slice(x, [0, 0, 2, 0], [20, 9, 12, 3]), [12, 16]),
    ],
  ])('%s', async (name, className, options, resize) => {
    const random = randomFrom(1, name);
    const pixels = Float32Array.from({ length: 20 * 9 * 16 * 3 }, () => random.uniform());
    const images = tf.tensor4d(pixels, [20, 9, 16, 3]);
    const model = sequential({ layers: [L.rescaling({ inputShape: [9, 16, 3], scale: 1, name: 'first' })] });
    const change = replace('first', className, { ...size, ...options, batch_input_shape: [null, 9, 16, 3] });
    const found = await converted(model, dir, change, images);
    expect(largestDifference(found, await resize(images).data<'float32'>())).toBeLessThan(1e-5);
  });
});

describe('a conversion says whether bytes go in:', () => {
  it.each<[string, boolean, (json: ModelJson) => void]>([
    ['a Rescaling to parts of 1', true, insert('Rescaling', { scale: 1 / 255, offset: 0 })],
    ['a Rescaling about 0', true, insert('Rescaling', { scale: 1 / 127.5, offset: -1 })],
    ['a shift by a mean', true, insert('Rescaling', { scale: 1, offset: -127.5 })],
    ['a Rescaling of what is scaled already', false, insert('Rescaling', { scale: 2, offset: -1 })],
    ['no Rescaling', false, () => undefined],
    [
      'a Normalization by means of bytes',
      true,
      insert('Normalization', { mean: [120, 110, 100], variance: [3600, 3600, 3600] }),
    ],
    [
      'a Normalization by means of parts of 1',
      false,
      insert('Normalization', { mean: [0.4, 0.4, 0.4], variance: [0.05, 0.05, 0.05] }),
    ],
    ['an input of integers', true, set('image', { dtype: 'uint8' })],
    [
      'a Rescaling after layers that leave pixels as they are',
      true,
      (json) => {
        insert('Rescaling', { scale: 1 / 255 })(json);
        insert('RandomFlip', { mode: 'horizontal' })(json);
        insert('CenterCrop', { height: 6, width: 8 })(json);
        insert('Resizing', { height: 7, width: 9 })(json);
      },
    ],
    [
      'a Rescaling in the depth of the network',
      false,
      (json) => {
        layersOf(json).splice(2, 0, { class_name: 'Rescaling', config: { name: 'late', scale: 1 / 255 } });
      },
    ],
  ])('%s: %s', async (_, bytes, change) => {
    const { takesBytes } = convertLayers(await changedFiles(classifier(), dir, change));
    expect(takesBytes).toBe(bytes);
  });
});
