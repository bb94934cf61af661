// The last stage, fused: values → bytes → (HLS → RGB, unless they are RGB) → the network's normalisation → the tensor's layout.

/** Where a picture's rows go, and how a byte becomes a float. Pointers and factors stand in the order R, G, B. */
@unmanaged
export class Target {
  /** First row of each plane; interleaved: `red` alone, where the first pixel goes. */
  red: usize;
  green: usize;
  blue: usize;
  /** From a row to the next, bytes. */
  stride: i32;
  scaleRed: f32;
  scaleGreen: f32;
  scaleBlue: f32;
  offsetRed: f32;
  offsetGreen: f32;
  offsetBlue: f32;
}

/** Layouts. */
export const GREY = 0;
export const PLANES = 1;
export const RGB = 2;
export const BGR = 3;

/** What the rows of a picture are: one of grey, three of hue, lightness and saturation, or three of red, green and blue. */
const ONE = 0;
const HLS = 1;
const THREE = 2;

/**
 * Finishes one row of `width` ≥ 4 pixels. The last four pixels overlap those before where 4 does not divide the width.
 * `hue`, `lightness`, `saturation` point to values (`bytes` false: byte = trunc(255·|v|)) or to bytes as floats;
 * a grey picture has `hue` alone,
 * and where they are red, green and blue they stand in that order.
 */
export function finishRow(
  code: i32, hue: usize, lightness: usize, saturation: usize, width: i32, row: i32, target: Target,
): void {
  switch (code) {
    case 0: finish(GREY, ONE, false, hue, lightness, saturation, width, row, target); break;
    case 1: finish(PLANES, ONE, false, hue, lightness, saturation, width, row, target); break;
    case 2: finish(RGB, ONE, false, hue, lightness, saturation, width, row, target); break;
    case 3: finish(BGR, ONE, false, hue, lightness, saturation, width, row, target); break;
    case 4: finish(GREY, HLS, false, hue, lightness, saturation, width, row, target); break;
    case 5: finish(PLANES, HLS, false, hue, lightness, saturation, width, row, target); break;
    case 6: finish(RGB, HLS, false, hue, lightness, saturation, width, row, target); break;
    case 7: finish(BGR, HLS, false, hue, lightness, saturation, width, row, target); break;
    case 8: finish(GREY, ONE, true, hue, lightness, saturation, width, row, target); break;
    case 9: finish(PLANES, ONE, true, hue, lightness, saturation, width, row, target); break;
    case 10: finish(RGB, ONE, true, hue, lightness, saturation, width, row, target); break;
    case 11: finish(BGR, ONE, true, hue, lightness, saturation, width, row, target); break;
    case 12: finish(GREY, HLS, true, hue, lightness, saturation, width, row, target); break;
    case 13: finish(PLANES, HLS, true, hue, lightness, saturation, width, row, target); break;
    case 14: finish(RGB, HLS, true, hue, lightness, saturation, width, row, target); break;
    case 15: finish(BGR, HLS, true, hue, lightness, saturation, width, row, target); break;
    case 16: finish(GREY, THREE, true, hue, lightness, saturation, width, row, target); break;
    case 17: finish(PLANES, THREE, true, hue, lightness, saturation, width, row, target); break;
    case 18: finish(RGB, THREE, true, hue, lightness, saturation, width, row, target); break;
    case 19: finish(BGR, THREE, true, hue, lightness, saturation, width, row, target); break;
    default:
      unreachable();
  }
}

/** The constants of the colour arithmetic, read before the loop for the reason given in activation.ts. */
const SIGN_OFF = memory.data<u32>([0x7fffffff]);
const TABLE = memory.data<f32>([255, 180, 1.0 / 3825.0, 90, 60, 120, 45, 15, -15]);

@inline
function constant(index: i32): v128 {
  return v128.load32_splat(TABLE + index * 4);
}

@inline
function finish(
  layout: i32, colours: i32, bytes: bool,
  hue: usize, lightness: usize, saturation: usize, width: i32, row: i32, target: Target,
): void {
  const start = <usize>row * target.stride;
  const red = target.red + start;
  const green = target.green + start;
  const blue = target.blue + start;
  const last = width - 4;
  // All bits but the sign: |v|.
  const magnitude = v128.load32_splat(SIGN_OFF);
  const full = constant(0);
  const turn = constant(1);
  const divisor = constant(2);
  const redAxis = constant(3);
  const greenAxis = constant(4);
  const blueAxis = constant(5);
  const middle = constant(6);
  const most = constant(7);
  const least = constant(8);
  const scaleRed = v128.load32_splat(changetype<usize>(target), offsetof<Target>('scaleRed'));
  const scaleGreen = v128.load32_splat(changetype<usize>(target), offsetof<Target>('scaleGreen'));
  const scaleBlue = v128.load32_splat(changetype<usize>(target), offsetof<Target>('scaleBlue'));
  const offsetRed = v128.load32_splat(changetype<usize>(target), offsetof<Target>('offsetRed'));
  const offsetGreen = v128.load32_splat(changetype<usize>(target), offsetof<Target>('offsetGreen'));
  const offsetBlue = v128.load32_splat(changetype<usize>(target), offsetof<Target>('offsetBlue'));
  for (let i = 0; ; ) {
    const j = <usize>i << 2;
    let r = byteOf(v128.load(hue + j), bytes, magnitude, full);
    let g = r;
    let b = r;
    if (colours == THREE) {
      g = v128.load(lightness + j);
      b = v128.load(saturation + j);
    } else if (colours == HLS) {
      const h = r;
      const l = byteOf(v128.load(lightness + j), bytes, magnitude, full);
      const s = byteOf(v128.load(saturation + j), bytes, magnitude, full);
      // OpenCV's HLS2RGB with the divisions gathered: channel = L + S·min(L, 255−L)·m / 3825, where m, the hue's
      // trapezium, counts fifteenths −15 … 15. Twice the exact numerator is even and 3825·odd is not, so no result
      // is a tie, and single precision rounds every one of the 2²⁴ colours as exact arithmetic does.
      const wrapped = f32x4.sub(h, v128.and(f32x4.ge(h, turn), turn));
      const amount = f32x4.mul(f32x4.mul(s, f32x4.pmin(l, f32x4.sub(full, l))), divisor);
      r = colour(l, amount, f32x4.sub(distance(wrapped, redAxis, magnitude), middle), most, least);
      g = colour(l, amount, f32x4.sub(middle, distance(wrapped, greenAxis, magnitude)), most, least);
      b = colour(l, amount, f32x4.sub(middle, distance(wrapped, blueAxis, magnitude)), most, least);
    }
    if (layout == GREY) {
      if (colours != ONE) r = luma(r, g, b);
      v128.store(red + j, affine(r, scaleRed, offsetRed));
    } else {
      r = affine(r, scaleRed, offsetRed);
      g = affine(g, scaleGreen, offsetGreen);
      b = affine(b, scaleBlue, offsetBlue);
      if (layout == PLANES) {
        v128.store(red + j, r);
        v128.store(green + j, g);
        v128.store(blue + j, b);
      } else if (layout == RGB) {
        interleave(red + 3 * j, r, g, b);
      } else {
        interleave(red + 3 * j, b, g, r);
      }
    }
    if (i == last) break;
    i = min(i + 4, last);
  }
}

@inline
function byteOf(value: v128, isByte: bool, magnitude: v128, full: v128): v128 {
  return isByte ? value : f32x4.trunc(f32x4.mul(v128.and(value, magnitude), full));
}

@inline
function distance(h: v128, from: v128, magnitude: v128): v128 {
  return v128.and(f32x4.sub(h, from), magnitude);
}

@inline
function colour(l: v128, amount: v128, m: v128, most: v128, least: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(m, most), least);
  return f32x4.nearest(f32x4.add(l, f32x4.mul(amount, clamped)));
}

/** OpenCV's fixed-point luma, (4899 R + 9617 G + 1868 B + 2¹³) >> 14: every step is exact in single precision. */
@inline
function luma(r: v128, g: v128, b: v128): v128 {
  const sum = f32x4.add(
    f32x4.add(f32x4.mul(r, f32x4.splat(4899)), f32x4.mul(g, f32x4.splat(9617))),
    f32x4.add(f32x4.mul(b, f32x4.splat(1868)), f32x4.splat(8192)),
  );
  return f32x4.floor(f32x4.mul(sum, f32x4.splat(1.0 / 16384.0)));
}

@inline
function affine(byte: v128, scale: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(byte, scale), offset);
}

/** Stores a0 b0 c0 a1 · b1 c1 a2 b2 · c2 a3 b3 c3. */
@inline
function interleave(at: usize, a: v128, b: v128, c: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const bc = v128.shuffle<f32>(b, c, 1, 5, 2, 6);
  const ca = v128.shuffle<f32>(c, a, 2, 7, 3, 3);
  v128.store(at, v128.shuffle<f32>(ab, c, 0, 1, 4, 2));
  v128.store(at, v128.shuffle<f32>(bc, a, 0, 1, 6, 2), 16);
  v128.store(at, v128.shuffle<f32>(ca, b, 0, 1, 7, 2), 32);
}
