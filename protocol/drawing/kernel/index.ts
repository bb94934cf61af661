// The drawing kernel: what TypeScript calls. It keeps no state: everything lies in memory that the caller lays out.

import { toBytes } from './bytes';
import { finishRow, Target } from './finish';
import { runLines } from './lines';
import { runPlane } from './plane';

export { crop } from './crop';
export { drawDense } from './dense';
export { pullDense } from './dense-pull';
export { drawDirect } from './direct';
export { hlsSlope } from './hls-slope';

/** The first address beyond the constants that the compiler has laid into memory. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/** A CPPN to draw: its program (see ../program.ts) and where its rows go. */
@unmanaged
class Picture {
  /** At least 4; a narrower picture is drawn 4 wide and cropped. */
  width: i32;
  height: i32;
  lineOps: usize;
  lineOpCount: i32;
  planeOps: usize;
  planeOpCount: i32;
  /** A row for d, or 0 where no node wants it; and the squares it is made of, a float a column and a float a row. */
  d: usize;
  squaresX: usize;
  squaresY: usize;
  /** Rows of the outputs, and from a pair's first row to its second. */
  output0: usize;
  output1: usize;
  output2: usize;
  stride0: i32;
  stride1: i32;
  stride2: i32;
  /** See finish.ts. */
  finish: i32;
  /** Where the picture goes as bytes, row by row without gaps; 0: it goes where `target` says, as floats. */
  bytes: usize;
  /** Bytes of a row. */
  rowBytes: i32;
}

/**
 * Draws a picture in pairs of rows, the topmost with the bottommost and so on inwards: d is the same in both, and so is
 * every node that does not depend on y. A pair of rows of every node fits the first-level cache.
 */
export function drawCppn(picture: usize, target: usize): void {
  const p = changetype<Picture>(picture);
  runLines(p.lineOps, p.lineOpCount);
  const height = p.height;
  const stride = (<usize>p.width * 4 + 15) & ~15;
  for (let upper = 0, lower = height - 1; upper <= lower; upper++, lower--) {
    if (p.d != 0) distances(p.d, p.squaresX, load<f32>(p.squaresY + (upper << 2)), stride);
    runPlane(p.planeOps, p.planeOpCount, upper, lower, stride, upper == lower ? 1 : 2);
    emit(p, target, upper, 0);
    if (upper != lower) emit(p, target, lower, 1);
  }
}

function distances(at: usize, squaresX: usize, squareY: f32, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(at + j, f32x4.sqrt(f32x4.add(v128.load(squaresX + j), f32x4.splat(squareY))));
  }
}

function emit(p: Picture, target: usize, row: i32, second: i32): void {
  finishRow(
    p.finish,
    p.output0 + second * p.stride0,
    p.output1 + second * p.stride1,
    p.output2 + second * p.stride2,
    p.width,
    row,
    changetype<Target>(target),
  );
  if (p.bytes != 0) toBytes(changetype<Target>(target).red, p.bytes + row * p.rowBytes, p.rowBytes);
}

/**
 * Fills a line's grid: `count` coordinates (doubles) and squares of centred coordinates (floats), for n samples of a
 * canvas. Sample i is at (2i+1)·canvas/2n − ½; centred, (2i+1−n)·canvas / (n·(canvas−1)). Both numerators are exact
 * integers, so that a sample's mirror image is its exact negative, and i itself where n = canvas.
 */
export function fillGrid(coordinates: usize, squares: usize, count: i32, n: i32, canvas: i32): void {
  const range = canvas > 1 ? <f64>n * <f64>(canvas - 1) : 1;
  for (let i = 0; i < count; i++) {
    const odd = 2 * <f64>i + 1;
    store<f64>(coordinates + ((<usize>i) << 3), (odd * canvas - n) / (2 * <f64>n));
    const centred: f32 = canvas > 1 ? <f32>(((odd - n) * canvas) / range) : 0;
    store<f32>(squares + ((<usize>i) << 2), centred * centred);
  }
}
