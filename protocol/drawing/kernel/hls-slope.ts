// The way back from red, green and blue to hue, lightness and saturation: what finish.ts draws, differentiated without its
// rounding.

/** All bits but the sign. */
const SIGN_OFF = memory.data<u32>([0x7fffffff]);
const TABLE = memory.data<f32>([255, 180, 1.0 / 3825.0, 90, 60, 120, 45, 15, 127.5, 1]);

@inline
function constant(index: i32): v128 {
  return v128.load32_splat(TABLE + index * 4);
}

/**
 * Turns gradients by red, green and blue into those by hue, lightness and saturation, in place: `slopes` are three planes,
 * `planeBytes` (a multiple of 16) apart. `values`: the hue, lightness and saturation of each pixel, 0 … 255, whole or not,
 * three planes likewise.
 */
export function hlsSlope(values: usize, slopes: usize, planeBytes: usize): void {
  const magnitude = v128.load32_splat(SIGN_OFF);
  const full = constant(0);
  const turn = constant(1);
  const divisor = constant(2);
  const redAxis = constant(3);
  const greenAxis = constant(4);
  const blueAxis = constant(5);
  const middle = constant(6);
  const most = constant(7);
  const half = constant(8);
  const one = constant(9);
  for (const end = values + planeBytes; values < end; values += 16) {
    const h = v128.load(values);
    const l = v128.load(values + planeBytes);
    const s = v128.load(values + 2 * planeBytes);
    const r = v128.load(slopes);
    const g = v128.load(slopes + planeBytes);
    const b = v128.load(slopes + 2 * planeBytes);
    const wrapped = f32x4.sub(h, v128.and(f32x4.ge(h, turn), turn));
    const fromRed = f32x4.sub(wrapped, redAxis);
    const fromGreen = f32x4.sub(wrapped, greenAxis);
    const fromBlue = f32x4.sub(wrapped, blueAxis);
    const mRed = f32x4.sub(v128.and(fromRed, magnitude), middle);
    const mGreen = f32x4.sub(middle, v128.and(fromGreen, magnitude));
    const mBlue = f32x4.sub(middle, v128.and(fromBlue, magnitude));
    // What the three gain with the amount, and with the hue.
    const ofAmount = f32x4.add(
      f32x4.add(f32x4.mul(r, clamped(mRed, most)), f32x4.mul(g, clamped(mGreen, most))),
      f32x4.mul(b, clamped(mBlue, most)),
    );
    const ofHue = f32x4.sub(
      f32x4.sub(
        v128.and(inside(mRed, most, magnitude), signed(r, fromRed, magnitude)),
        v128.and(inside(mGreen, most, magnitude), signed(g, fromGreen, magnitude)),
      ),
      v128.and(inside(mBlue, most, magnitude), signed(b, fromBlue, magnitude)),
    );
    const room = f32x4.mul(f32x4.pmin(l, f32x4.sub(full, l)), divisor);
    const direction = v128.or(v128.andnot(f32x4.sub(half, l), magnitude), one);
    v128.store(slopes, f32x4.mul(f32x4.mul(s, room), ofHue));
    v128.store(
      slopes + planeBytes,
      f32x4.add(
        f32x4.add(f32x4.add(r, g), b),
        f32x4.mul(f32x4.mul(f32x4.mul(s, divisor), direction), ofAmount),
      ),
    );
    v128.store(slopes + 2 * planeBytes, f32x4.mul(room, ofAmount));
    slopes += 16;
  }
}

@inline
function clamped(m: v128, most: v128): v128 {
  return f32x4.pmax(f32x4.pmin(m, most), f32x4.neg(most));
}

@inline
function inside(m: v128, most: v128, magnitude: v128): v128 {
  return f32x4.lt(v128.and(m, magnitude), most);
}

/** `value` with its sign turned where `by` is negative. */
@inline
function signed(value: v128, by: v128, magnitude: v128): v128 {
  return v128.xor(value, v128.andnot(by, magnitude));
}
