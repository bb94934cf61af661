import type { Genome } from '../encodings/genome.js';
import type { TensorSpec, Views } from './tensor-spec.js';

/** Draws genomes. Owns WebAssembly memory, which it reuses: one drawer, one caller at a time. */
export interface Drawer {
  /**
   * Draws a batch into one tensor of shape [genomes · views, …spec].
   * The array is a view of the drawer's memory and holds until the next call.
   */
  tensor(genomes: readonly Genome[], spec: TensorSpec, views: Views): Float32Array;
  /**
   * Draws one picture as bytes, row by row, 1 (grey) or 3 (RGB) a pixel.
   * `width` and `height` from 1 to {@link MAX_SIDE}; the picture is the same at any size.
   */
  pixels(genome: Genome, width: number, height: number): Pixels;
  /**
   * The gradients of a number by the parameters of genomes of one encoding, one array a genome, from its gradient `slopes` by
   * the values of the tensor that {@link tensor} draws of them, in that tensor's shape. Rounding to bytes counts as no
   * change. Throws a RangeError where the encoding has no pull-back (EncodingParts). Absent: it only draws.
   */
  pullBack?(
    genomes: readonly Genome[],
    spec: TensorSpec,
    views: Views,
    slopes: Float32Array,
  ): readonly Float32Array[];
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export const MAX_SIDE = 4096;
