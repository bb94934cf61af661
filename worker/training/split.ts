import { randomFrom } from '../../protocol/base/seeded-random.js';
import { chosenImages, type ImageSet } from './image-set.js';
import { randomOrder } from './random-order.js';

/**
 * Divides a set into images to train on and `share` (0 … 1) of each class, drawn from `seed`, to validate with. A class of
 * two images or more is in both; an only image is trained on.
 */
export function splitSet(set: ImageSet, share: number, seed: number) {
  const order = randomOrder(set.count, randomFrom(seed, 'training', 'split'));
  const sizes = new Uint32Array(set.classes.length);
  for (const label of set.labels) sizes[label] = (sizes[label] as number) + 1;
  const wanted = sizes.map((size) =>
    size < 2 ? 0 : Math.min(size - 1, Math.max(1, Math.round(size * share))),
  );
  const isHeld = new Uint8Array(set.count);
  for (const index of order) {
    const label = set.labels[index] as number;
    const left = wanted[label] as number;
    if (left === 0) continue;
    wanted[label] = left - 1;
    isHeld[index] = 1;
  }
  const indices = Array.from({ length: set.count }, (_, i) => i);
  return {
    train: chosenImages(
      set,
      indices.filter((i) => isHeld[i] === 0),
    ),
    validation: chosenImages(
      set,
      indices.filter((i) => isHeld[i] === 1),
    ),
  };
}
