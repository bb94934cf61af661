import { ACTIVATIONS } from './genome.js';

const SINE = ACTIVATIONS.indexOf('sine');
const SIGMOID = ACTIVATIONS.indexOf('sigmoid');
const GAUSSIAN = ACTIVATIONS.indexOf('gaussian');

/** Where the linear activation ends. */
const LIMIT = 3;

/**
 * Puts the values of an activation in the place of its sums, and their derivatives by the sums into `slopes`. The
 * polynomials are the kernel's (drawing/kernel/activation.ts), here in double precision; Math.sin and Math.cos take seven
 * times as long. At the two ends of the linear part the slope is 0.
 */
export function activateWithSlopes(activation: number, values: Float64Array, slopes: Float64Array): void {
  if (activation === SINE) sine(values, slopes);
  else if (activation === SIGMOID) sigmoid(values, slopes);
  else if (activation === GAUSSIAN) gaussian(values, slopes);
  else linear(values, slopes);
}

/** sin(π·f) / f as a polynomial of f² in 0 … ¼, highest power first; and from it the derivative, π · cos(π·f). */
const [S4, S3, S2, S1, S0] = [
  0.07722012848862007, -0.598045173757746, 2.5500313771746166, -5.167706878913452, 3.141592580044213,
] as const;
const [C4, C3, C2, C1] = [9 * S4, 7 * S3, 5 * S2, 3 * S1] as const;

function sine(values: Float64Array, slopes: Float64Array): void {
  for (let j = 0; j < values.length; j++) {
    const halfTurns = (values[j] as number) / Math.PI;
    const whole = Math.round(halfTurns);
    const f = halfTurns - whole;
    const z = f * f;
    // An odd number of half-turns turns the sign.
    const sign = 1 - 2 * (whole & 1);
    values[j] = sign * f * ((((S4 * z + S3) * z + S2) * z + S1) * z + S0);
    slopes[j] = (sign / Math.PI) * ((((C4 * z + C3) * z + C2) * z + C1) * z + S0);
  }
}

function sigmoid(values: Float64Array, slopes: Float64Array): void {
  for (let j = 0; j < values.length; j++) {
    const octaves = Math.min(32, Math.max(-32, (values[j] as number) * Math.LOG2E));
    const value = 2 / (1 + powerOfHalf(octaves)) - 1;
    values[j] = value;
    slopes[j] = 0.5 * (1 - value * value);
  }
}

function gaussian(values: Float64Array, slopes: Float64Array): void {
  for (let j = 0; j < values.length; j++) {
    const p = values[j] as number;
    const value = powerOfHalf(Math.min(64, p * p * Math.LOG2E));
    values[j] = value;
    slopes[j] = -2 * p * value;
  }
}

function linear(values: Float64Array, slopes: Float64Array): void {
  for (let j = 0; j < values.length; j++) {
    const p = values[j] as number;
    const inside = p > -LIMIT && p < LIMIT;
    values[j] = inside ? p / LIMIT : Math.sign(p);
    slopes[j] = inside ? 1 / LIMIT : 0;
  }
}

/** 2^−f for f in ±½ as a polynomial, highest power first; the last is 1. */
const [P5, P4, P3, P2, P1] = [
  -0.0013407259014077372, 0.009671875066701273, -0.05550308362460906, 0.24022234624101213,
  -0.6931472149115092,
] as const;
const MOST_OCTAVES = 64;
const POWERS = Float64Array.from({ length: 2 * MOST_OCTAVES + 1 }, (_, i) => 2 ** (MOST_OCTAVES - i));

/** 2^−g for −64 ≤ g ≤ 64. */
function powerOfHalf(g: number): number {
  const whole = Math.round(g);
  const f = g - whole;
  const part = ((((P5 * f + P4) * f + P3) * f + P2) * f + P1) * f + 1;
  return part * (POWERS[whole + MOST_OCTAVES] as number);
}
