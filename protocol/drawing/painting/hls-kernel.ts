/** What kernel/index.ts exports for pull-backs of encodings whose colours are hue, lightness and saturation. */
export interface HlsKernel {
  /**
   * Turns gradients by red, green and blue into those by hue, lightness and saturation, in place: at `slopes` lie three planes
   * of floats, one after the other, each `planeBytes` long, a multiple of 16. At `values` lie as many: the hue, lightness and
   * saturation of each pixel, 0 … 255, whole or not. Rounding counts as no change.
   */
  hlsSlope(values: number, slopes: number, planeBytes: number): void;
}
