import { TRIAL_IMAGES } from '../trial-images.js';
import { joined, type Runner } from './session.js';

/**
 * Whether a network treats the images of a batch apart is found by trying: it is shown a few images one by one and
 * together. A batch that was opened by rewriting the graph may mix images up, and a network that quantises its
 * activations as it runs takes one scale for the whole batch.
 */

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
  return joined(rows);
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
