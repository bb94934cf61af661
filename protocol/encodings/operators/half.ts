/**
 * Half floats (IEEE 754 binary16) as the 16 bits that they are written with: one bit of sign, 5 of exponent, 10 of
 * fraction. They have 11 significant bits, and steps of 2⁻²⁴ below 2⁻¹⁴.
 */

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const NO_NUMBER = 0x7e00;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The half float nearest to the single-precision float nearest to a number; the even one of two that are as near. */
export function halfOf(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & SIGN;
  const size = word & 0x7fffffff;
  // From 2¹⁶ on.
  if (size >= 0x47800000) return sign | (size > 0x7f800000 ? NO_NUMBER : INFINITE);
  // Below 2⁻¹⁴ whole numbers of steps: adding 2⁵² to a double rounds it to one.
  if (size < 0x38800000) return sign | (Math.abs(float[0] as number) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  // The exponents' biases differ by 112. Just under half of what is cut off is added, and one more where that makes it even.
  const moved = size - 0x38000000 + 0xfff + ((size >>> 13) & 1);
  return sign | (moved >>> 13);
}

/** The number that a half float is. */
export function numberOf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const sign = half & SIGN ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * (POWERS[exponent] as number);
}

/** 2^(exponent − 25): the step between half floats of an exponent. */
const POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));
