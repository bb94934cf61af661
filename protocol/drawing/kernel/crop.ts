// Windows of a picture that lies in memory as floats.

/**
 * Copies a window of `width` × `height` pixels of `pixelFloats` floats (1 in a plane), its rows `sourceStride` bytes
 * apart, to rows without gaps; mirrored left to right where `mirrored` is not 0.
 */
export function crop(
  source: usize,
  sourceStride: i32,
  target: usize,
  width: i32,
  height: i32,
  pixelFloats: i32,
  mirrored: i32,
): void {
  const bytes = (<usize>(width * pixelFloats)) << 2;
  for (let row = 0; row < height; row++) {
    if (mirrored == 0) memory.copy(target, source, bytes);
    else if (pixelFloats == 1) mirrorPlane(source, target, width);
    else mirrorPixels(source, target, width);
    source += sourceStride;
    target += bytes;
  }
}

function mirrorPlane(source: usize, target: usize, width: i32): void {
  let i = 0;
  for (; i + 4 <= width; i += 4) {
    const four = v128.load(source + ((<usize>(width - 4 - i)) << 2));
    v128.store(target + ((<usize>i) << 2), v128.shuffle<f32>(four, four, 3, 2, 1, 0));
  }
  for (; i < width; i++) {
    store<f32>(target + ((<usize>i) << 2), load<f32>(source + ((<usize>(width - 1 - i)) << 2)));
  }
}

function mirrorPixels(source: usize, target: usize, width: i32): void {
  for (let i = 0; i < width; i++) {
    const from = source + <usize>(width - 1 - i) * 12;
    store<u64>(target, load<u64>(from));
    store<f32>(target, load<f32>(from, 8), 8);
    target += 12;
  }
}
