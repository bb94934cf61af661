// The four activations, four pixels at a time. Nothing but IEEE additions, multiplications, divisions and integer
// shifts, in a fixed order: every machine gives the same bits, and test/protocol/drawing/oracle.ts says them over again.
//
// Their argument comes scaled, because the scale can be folded into a node's weights once a genome instead of being
// multiplied in once a pixel: half-turns p/π (sine), p·log2 e (sigmoid), p·√log2 e (gaussian), p/3 (linear).

export const SINE = 0;
export const SIGMOID = 1;
export const GAUSSIAN = 2;
export const LINEAR = 3;

/**
 * The constants of each activation, in its function's order. They are read from memory before a loop instead of being
 * written in it: V8 makes a constant in a loop anew on every turn, which costs a tenth of the time.
 *
 * `round` is 1.5 · 2²³: adding it rounds a float to an integer, which then lies in the sum's low bits.
 */
const TABLE = memory.data<f32>([
  // sin(π·f) / f as a polynomial of f² in 0 … ¼ (minimax, error 3.3e-9)
  12582912, 0.07722012848862007, -0.598045173757746, 2.5500313771746166, -5.167706878913452, 3.141592580044213,
  0, 0, 0, 0,
  // 2^−f for f in ±½ (minimax, relative error 9.3e-8); one, limits, two
  12582912, -0.0013407259014077372, 0.009671875066701273, -0.05550308362460906, 0.24022234624101213,
  -0.6931472149115092, 1, 32, -32, 2,
  12582912, -0.0013407259014077372, 0.009671875066701273, -0.05550308362460906, 0.24022234624101213,
  -0.6931472149115092, 1, 64, 0, 0,
  1, -1, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Constant `index` (0 … 9) of an activation in all four lanes. */
@inline
export function constant(kind: i32, index: i32): v128 {
  return v128.load32_splat(TABLE + kind * 40 + index * 4);
}

/** `kind` is a constant wherever this is called, so only one branch is compiled; k0 … k9 are its `constant`s. */
@inline
export function activate(
  kind: i32, p: v128,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128, k9: v128,
): v128 {
  if (kind == SINE) return sine(p, k0, k1, k2, k3, k4, k5);
  if (kind == SIGMOID) return sigmoid(p, k0, k1, k2, k3, k4, k5, k6, k7, k8, k9);
  if (kind == GAUSSIAN) return gaussian(p, k0, k1, k2, k3, k4, k5, k6, k7);
  return linear(p, k0, k1);
}

/** sin(π·h) for h half-turns, |h| < 2²², after an exact reduction to ±½. */
@inline
function sine(h: v128, round: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128): v128 {
  const shifted = f32x4.add(h, round);
  const f = f32x4.sub(h, f32x4.sub(shifted, round));
  const z = f32x4.mul(f, f);
  // Estrin's order rather than Horner's: one multiplication more, but half the waiting.
  const z2 = f32x4.mul(z, z);
  const low = f32x4.add(f32x4.mul(c3, z), c4);
  const high = f32x4.add(f32x4.mul(c1, z), c2);
  const sum = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(c0, z2), high), z2), low);
  // An odd number of half-turns turns the sign: its lowest bit becomes the sign bit.
  return v128.xor(f32x4.mul(sum, f), i32x4.shl(shifted, 31));
}

/** 2/(1+e^−p) − 1 for q = p·log2 e; beyond ±32 it is ±1 to the last bit. */
@inline
function sigmoid(
  q: v128, round: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128,
  one: v128, most: v128, least: v128, two: v128,
): v128 {
  const g = f32x4.pmax(f32x4.pmin(q, most), least);
  const power = powerOfHalf(g, round, c0, c1, c2, c3, c4, one);
  return f32x4.sub(f32x4.div(two, f32x4.add(one, power)), one);
}

/** 1/(1+e^−p) for q = p·log2 e; beyond ±32 it is 0 or 1, as far as any byte tells. The constants are sigmoid's. */
@inline
export function logistic(
  q: v128, round: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, one: v128, most: v128, least: v128,
): v128 {
  const g = f32x4.pmax(f32x4.pmin(q, most), least);
  return f32x4.div(one, f32x4.add(one, powerOfHalf(g, round, c0, c1, c2, c3, c4, one)));
}

/**
 * e^(−p²) for q = p·√log2 e. Beyond the limit it is nothing to any pixel, and a weight must not make a denormal number of
 * it, which some processors are a hundred times slower with.
 */
@inline
function gaussian(
  q: v128, round: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, one: v128, limit: v128,
): v128 {
  return powerOfHalf(f32x4.pmin(f32x4.mul(q, q), limit), round, c0, c1, c2, c3, c4, one);
}

/** clamp(p, −3, 3)/3 for q = p/3. */
@inline
function linear(q: v128, most: v128, least: v128): v128 {
  return f32x4.pmax(f32x4.pmin(q, most), least);
}

/** 2^−g for −64 ≤ g ≤ 64. */
@inline
function powerOfHalf(
  g: v128, round: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, one: v128,
): v128 {
  const shifted = f32x4.sub(round, g);
  const f = f32x4.add(g, f32x4.sub(shifted, round));
  const f2 = f32x4.mul(f, f);
  const low = f32x4.add(f32x4.mul(c4, f), one);
  const middle = f32x4.add(f32x4.mul(c2, f), c3);
  const high = f32x4.add(f32x4.mul(c0, f), c1);
  const sum = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(high, f2), middle), f2), low);
  // Adds the integer to the exponent: the rounding constant's own bits are shifted out.
  return i32x4.add(sum, i32x4.shl(shifted, 23));
}
