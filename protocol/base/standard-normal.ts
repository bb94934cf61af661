import type { RandomStream } from './random.js';

/** A number from N(0, 1), of two of the stream (Box and Muller 1958); within ±6.7, for a uniform number has 32 bits. */
export function standardNormal(random: RandomStream): number {
  // 1 − u is never 0.
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}
