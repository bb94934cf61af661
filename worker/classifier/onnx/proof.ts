import { type TensorSpec, tensorLength } from '../../../protocol/drawing/tensor-spec.js';
import { randomFrom } from '../../../protocol/random.js';
import type { Runner } from './session.js';

/**
 * Whether a network treats the images of a batch apart is found by trying: it is shown a few images one by one and
 * together. A batch that was opened by rewriting the graph may mix images up, and a network that quantises its
 * activations as it runs takes one scale for the whole batch.
 */

/** Images of the trial. Three, for with two a swapped pair of dimensions can go unnoticed. */
export const TRIAL_IMAGES = 3;

/**
 * `count` images, shape [count, …spec], ever the same: full-contrast noise, faint noise and a bright ramp, in turn.
 * Their ranges differ, so that a scale taken over the batch shows.
 */
export function trialImages(spec: TensorSpec, count = TRIAL_IMAGES): Float32Array {
  const random = randomFrom(1, 'trial images');
  const length = tensorLength(spec);
  const kinds = [
    () => 255 * random.uniform(),
    () => 120 + 8 * random.uniform(),
    (i: number) => 200 + (55 * i) / length,
  ];
  const tensor = new Float32Array(count * length);
  for (let image = 0; image < count; image++) {
    const byteAt = kinds[image % kinds.length] ?? random.uniform;
    for (let i = 0; i < length; i++) {
      const c = channelAt(i, spec);
      tensor[image * length + i] = byteAt(i) * (spec.scale[c] ?? 1) + (spec.offset[c] ?? 0);
    }
  }
  return tensor;
}

function channelAt(i: number, spec: TensorSpec): number {
  const count = spec.scale.length;
  return spec.layout === 'NHWC' ? i % count : Math.floor(i / (spec.width * spec.height));
}

/** The scores of images shown one by one: shape [count, classes]. */
export async function runOneByOne(
  runner: Runner,
  images: Float32Array,
  count: number,
): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    rows.push(await runner.run(images.subarray(i * runner.length, (i + 1) * runner.length), 1));
  }
  const classes = rows[0]?.length ?? 0;
  const scores = new Float32Array(count * classes);
  rows.forEach((row, i) => {
    scores.set(row, i * classes);
  });
  return scores;
}

/**
 * True when the network, shown the trial's images at once, gives the scores that it gave one by one: to within
 * `tolerance` times the greatest score of a row. False too when it fails on a batch.
 */
export async function batchAgrees(
  runner: Runner,
  images: Float32Array,
  oneByOne: Float32Array,
  tolerance: number,
): Promise<boolean> {
  let together: Float32Array;
  try {
    together = await runner.run(images, TRIAL_IMAGES);
  } catch {
    return false;
  }
  if (together.length !== oneByOne.length) return false;
  const classes = together.length / TRIAL_IMAGES;
  for (let start = 0; start < together.length; start += classes) {
    const row = oneByOne.subarray(start, start + classes);
    const scale = row.reduce((max, score) => Math.max(max, Math.abs(score)), 0);
    for (let c = 0; c < classes; c++) {
      if (!(Math.abs((together[start + c] ?? 0) - (row[c] ?? 0)) <= tolerance * scale)) return false;
    }
  }
  return true;
}
