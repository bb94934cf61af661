import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { standardNormal } from '../../../protocol/base/standard-normal.js';
import type { TensorSpec } from '../../../protocol/drawing/tensor-spec.js';
import type { Planes } from '../../../worker/pixels/planes.js';
import { linearNetwork } from '../ascent/linear-network.js';

export const SIDE = 20;
const INPUT: TensorSpec = {
  layout: 'NCHW',
  width: SIDE,
  height: SIDE,
  channels: 'grey',
  scale: [1 / 255],
  offset: [0],
};

/**
 * Two classes, and a picture of the first: a picture x of levels 0 … 1 is of the second where w · x > `margin` beyond
 * what it is for that picture. `difference` is the gradient of one logit over the other.
 */
export function halfSpace(margin: number, seed: number) {
  const stream = randomFrom(seed, 'w');
  const w = Float32Array.from({ length: SIDE * SIDE }, () => standardNormal(stream));
  const levels = Float32Array.from({ length: SIDE * SIDE }, () => 100 + stream.below(56));
  const picture: Planes = { width: SIDE, height: SIDE, channels: 1, levels };
  // The bias is a weight on the mean of x: known exactly.
  const dot = levels.reduce((sum, level, i) => sum + (level / 255) * (w[i] ?? 0), 0);
  const total = levels.reduce((sum, level) => sum + level / 255, 0);
  const zero = w.map(() => (dot + margin) / total);
  const difference = w.map((value, i) => value - (zero[i] ?? 0));
  return { network: { ...linearNetwork(INPUT, [zero, w]), batch: 16 }, picture, difference };
}
