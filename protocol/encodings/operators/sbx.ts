import type { RandomStream } from '../../base/random.js';
import { GENE_MAX } from './genes.js';

/**
 * Simulated binary crossover of two gene strings of one length (Deb and Agrawal 1995; the bounded form of Deb 2000, "An
 * efficient constraint handling method for genetic algorithms", whose one spread for both children keeps their mean).
 * Each gene is crossed with probability ½; the two results change places with probability ½.
 * Gene for gene the children's sum is their parents'. Equal genes are left alone. `eta` ≥ 0: the greater, the closer
 * the children stay to their parents.
 */
export function crossSbx(
  a: Uint16Array,
  b: Uint16Array,
  eta: number,
  random: RandomStream,
): readonly [Uint16Array, Uint16Array] {
  if (a.length !== b.length)
    throw new RangeError(`expected two strings of ${a.length} genes, got ${b.length}`);
  const first = a.slice();
  const second = b.slice();
  for (let i = 0; i < a.length; i++) {
    const one = a[i] as number;
    const two = b[i] as number;
    if (one === two || !random.chance(0.5)) continue;
    const low = Math.min(one, two);
    const high = Math.max(one, two);
    const spread = sbxSpread(random.uniform(), low / GENE_MAX, high / GENE_MAX, eta);
    const lower = Math.max(0, Math.round((low + high - spread * (high - low)) / 2));
    const upper = low + high - lower;
    const swapped = random.chance(0.5);
    first[i] = swapped ? upper : lower;
    second[i] = swapped ? lower : upper;
  }
  return [first, second];
}

/**
 * The spread factor β: how far apart the children lie, their parents' distance being 1. `u` uniform in [0, 1);
 * 0 ≤ low < high ≤ 1. Both children stay within 0 … 1.
 */
export function sbxSpread(u: number, low: number, high: number, eta: number): number {
  const widest = 1 + (2 * Math.min(low, 1 - high)) / (high - low);
  const alpha = 2 - widest ** -(eta + 1);
  const exponent = 1 / (eta + 1);
  return u <= 1 / alpha ? (u * alpha) ** exponent : (1 / (2 - u * alpha)) ** exponent;
}
