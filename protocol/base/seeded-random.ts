import { createHash } from 'node:crypto';
import { type RandomStream, restoreRandom } from './random.js';

/** The stream for a seed and a path of names, e.g. `randomFrom(7, 'island', 3)`; different paths are independent. */
export function randomFrom(seed: number, ...path: readonly (string | number)[]): RandomStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest();
  return restoreRandom(digest.subarray(0, 16));
}
