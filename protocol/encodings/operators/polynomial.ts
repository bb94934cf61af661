import type { RandomStream } from '../../base/random.js';

/**
 * Polynomial mutation of a value in 0 … 1 (Deb and Goyal 1996; PAPER): r uniform in [0, 1),
 * δ = r < ½ ? (2r)^(1/(η+1)) − 1 : 1 − (2(1−r))^(1/(η+1)), value = clamp(value + δ).
 */
export function mutateUnit(value: number, eta: number, random: RandomStream): number {
  return Math.min(1, Math.max(0, value + polynomialDelta(random.uniform(), eta)));
}

/** The step δ, −1 … 1, for r in [0, 1]; `eta` ≥ 0 is the distribution index: the greater, the smaller the steps. */
export function polynomialDelta(r: number, eta: number): number {
  const exponent = 1 / (eta + 1);
  return r < 0.5 ? (2 * r) ** exponent - 1 : 1 - (2 * (1 - r)) ** exponent;
}

/** P(|δ| ≤ size) for a size in 0 … 1: what the formula above inverts. */
export function polynomialCdf(size: number, eta: number): number {
  return 1 - (1 - Math.min(1, size)) ** (eta + 1);
}
