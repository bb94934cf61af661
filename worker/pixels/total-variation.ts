import type { Planes } from './planes.js';

/**
 * The derivatives by levels of total variation, Σ ((x[i, j+1] − x[i, j])² + (x[i+1, j] − x[i, j])²)^(β/2) over the pixels of each
 * plane (Mahendran and Vedaldi 2015, "Understanding deep image representations by inverting them", section 2); beyond the
 * last column and row there is no difference. `exponent`: β, above 1, so that what is flat has a derivative, 0. Shape of
 * the planes' levels.
 */
export function totalVariationSlope(planes: Planes, exponent: number): Float32Array {
  const { width, height, channels, levels } = planes;
  const slope = new Float32Array(levels.length);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (c * height + y) * width + x;
        const level = levels[at] as number;
        const right = x + 1 < width ? (levels[at + 1] as number) - level : 0;
        const down = y + 1 < height ? (levels[at + width] as number) - level : 0;
        if (right === 0 && down === 0) continue;
        const factor = exponent * (right * right + down * down) ** (exponent / 2 - 1);
        slope[at] = (slope[at] as number) - factor * (right + down);
        if (right !== 0) slope[at + 1] = (slope[at + 1] as number) + factor * right;
        if (down !== 0) slope[at + width] = (slope[at + width] as number) + factor * down;
      }
    }
  }
  return slope;
}
