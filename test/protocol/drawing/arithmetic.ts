/**
 * The arithmetic of the kernel's activations, said as plainly as possible: `f` rounds to single precision, and what is
 * not inside an `f` is double.
 */
const f = Math.fround;

export interface Activations {
  /** Activation of a sum that is already scaled; see SCALES. */
  readonly of: readonly ((argument: number) => number)[];
}

/** A node's weights are scaled once, so that its sum comes in half-turns, in octaves, in √octaves, in thirds. */
export const SCALES = [1 / Math.PI, Math.LOG2E, Math.sqrt(Math.LOG2E), 1 / 3];

type Five = [number, number, number, number, number];
const SINE_COEFFICIENTS = [
  0.07722012848862007, -0.598045173757746, 2.5500313771746166, -5.167706878913452, 3.141592580044213,
].map(f) as Five;
const POWER_COEFFICIENTS = [
  -0.0013407259014077372, 0.009671875066701273, -0.05550308362460906, 0.24022234624101213,
  -0.6931472149115092,
].map(f) as Five;

/** sin(π·h), as the kernel computes it. */
export function sine(h: number): number {
  const round = 12582912;
  const halfTurns = f(f(h + round) - round);
  const r = f(h - halfTurns);
  const z = f(r * r);
  const [c0, c1, c2, c3, c4] = SINE_COEFFICIENTS;
  const z2 = f(z * z);
  const high = f(f(c1 * z) + c2);
  const low = f(f(c3 * z) + c4);
  const value = f(f(f(f(f(c0 * z2) + high) * z2) + low) * r);
  return Math.abs(halfTurns) % 2 === 1 ? -value : value;
}

/** 2^−g for |g| ≤ 64. */
export function powerOfHalf(g: number): number {
  const round = 12582912;
  const whole = f(f(round - g) - round);
  const r = f(g + whole);
  const [c0, c1, c2, c3, c4] = POWER_COEFFICIENTS;
  const r2 = f(r * r);
  const high = f(f(c0 * r) + c1);
  const middle = f(f(c2 * r) + c3);
  const low = f(f(c4 * r) + 1);
  return f(f(f(f(high * r2) + middle) * r2) + low) * 2 ** whole;
}

export function sigmoid(q: number): number {
  const e = powerOfHalf(Math.max(-32, Math.min(32, q)));
  return f(f(2 / f(1 + e)) - 1);
}

export function gaussian(q: number): number {
  return powerOfHalf(Math.min(64, f(q * q)));
}

export function linear(q: number): number {
  return Math.max(-1, Math.min(1, q));
}

/** As the kernel has them, and with the mathematical functions. */
export const KERNEL: Activations = { of: [sine, sigmoid, gaussian, linear] };
export const EXACT: Activations = {
  of: [
    (h) => Math.sin(Math.PI * h),
    (q) => 2 / (1 + 2 ** -q) - 1,
    (q) => 2 ** (-q * q),
    (q) => Math.max(-1, Math.min(1, q)),
  ],
};

/** Rounds to the nearest integer, halves to even. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
