// The four activations, four pixels at a time. Nothing but IEEE additions, multiplications, divisions and integer
// shifts, in a fixed order: every machine gives the same bits, and test/protocol/drawing/oracle.ts says them over again.
//
// Their argument comes scaled, because the scale can be folded into a node's weights once a genome instead of being
// multiplied in once a pixel: half-turns p/π (sine), p·log2 e (sigmoid), p·√log2 e (gaussian), p/3 (linear).

/** 1.5 · 2²³: adding it rounds a float to an integer, which then lies in the low bits of the sum. */
const ROUND: f32 = 12582912.0;

/** sin(π·h) for h half-turns, |h| < 2²²: error below 2e-7. Minimax over ±½, after an exact reduction. */
// @ts-ignore: decorator
@inline
export function sine(h: v128): v128 {
  const round = f32x4.splat(ROUND);
  const shifted = f32x4.add(h, round);
  const f = f32x4.sub(h, f32x4.sub(shifted, round));
  const z = f32x4.mul(f, f);
  let sum = f32x4.splat(0.07722012848862007);
  sum = f32x4.add(f32x4.mul(sum, z), f32x4.splat(-0.598045173757746));
  sum = f32x4.add(f32x4.mul(sum, z), f32x4.splat(2.5500313771746166));
  sum = f32x4.add(f32x4.mul(sum, z), f32x4.splat(-5.167706878913452));
  sum = f32x4.add(f32x4.mul(sum, z), f32x4.splat(3.141592580044213));
  // An odd number of half-turns turns the sign: its lowest bit becomes the sign bit.
  return v128.xor(f32x4.mul(sum, f), i32x4.shl(shifted, 31));
}

/** 2^−g for −120 ≤ g ≤ 120: relative error below 2e-7. */
// @ts-ignore: decorator
@inline
function powerOfHalf(g: v128): v128 {
  const round = f32x4.splat(ROUND);
  const shifted = f32x4.sub(round, g);
  const f = f32x4.add(g, f32x4.sub(shifted, round));
  let sum = f32x4.splat(-0.0013407259014077372);
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(0.009671875066701273));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(-0.05550308362460906));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(0.24022234624101213));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(-0.6931472149115092));
  sum = f32x4.add(f32x4.mul(sum, f), f32x4.splat(1));
  // Adds the integer to the exponent: the rounding constant's own bits are shifted out.
  return i32x4.add(sum, i32x4.shl(shifted, 23));
}

/** e^(−p²) for q = p·√log2 e. */
// @ts-ignore: decorator
@inline
export function gaussian(q: v128): v128 {
  return powerOfHalf(f32x4.pmin(f32x4.mul(q, q), f32x4.splat(120)));
}

/** 2/(1+e^−p) − 1 for q = p·log2 e; beyond ±32 it is ±1 to the last bit. */
// @ts-ignore: decorator
@inline
export function sigmoid(q: v128): v128 {
  const g = f32x4.pmax(f32x4.pmin(q, f32x4.splat(32)), f32x4.splat(-32));
  const one = f32x4.splat(1);
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(one, powerOfHalf(g))), one);
}

/** clamp(p, −3, 3)/3 for q = p/3. */
// @ts-ignore: decorator
@inline
export function linear(q: v128): v128 {
  return f32x4.pmax(f32x4.pmin(q, f32x4.splat(1)), f32x4.splat(-1));
}

export const SINE = 0;
export const SIGMOID = 1;
export const GAUSSIAN = 2;
export const LINEAR = 3;

/** `kind` is a constant wherever this is called, so only one branch is compiled. */
// @ts-ignore: decorator
@inline
export function activate(kind: i32, p: v128): v128 {
  if (kind == SINE) return sine(p);
  if (kind == SIGMOID) return sigmoid(p);
  if (kind == GAUSSIAN) return gaussian(p);
  return linear(p);
}
