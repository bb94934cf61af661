/** Pixels, one gene a sample: what the paper calls the direct encoding. */
export interface DirectGenome {
  readonly encoding: 'direct';
  readonly width: number;
  readonly height: number;
  /** 1 (grey) or 3 (hue, lightness, saturation). */
  readonly channels: 1 | 3;
  /**
   * width · height · channels genes, row by row, channels interleaved; gene value = element / 65535.
   * Sixteen bits are 257 times finer than the 8-bit pixel (trunc(255 · gene)) and half the size of a float.
   */
  readonly genes: Uint16Array;
}

/** Limits of a genome from outside: with 3 channels of 16 bits it stays under the broker's 1 MiB. */
export const DIRECT_LIMITS = { samples: 512 * 1024 - 1024 } as const;
