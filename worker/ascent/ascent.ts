import type { Genome } from '../../protocol/encodings/genome.js';

/** A genome on the way uphill, and what the network says of the picture that it draws. */
export interface Sight {
  readonly genome: Genome;
  /** For every class, 0 … 1. */
  readonly confidences: Float32Array;
  /** Forward passes that it took. */
  readonly cost: number;
}

/** One image led towards one class, a step at a time. What is led (pixels, weights) is the maker's affair. */
export interface Ascent {
  readonly classId: number;
  /**
   * Looks at where it is, and takes a step from there. Undefined where there is nothing more to do: its steps are used up,
   * or the gradient is 0 everywhere. Rejects when the engine fails.
   */
  next(): Promise<Sight | undefined>;
}
