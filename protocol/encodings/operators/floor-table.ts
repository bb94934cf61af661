/** What a table is made of: see {@link createFloorTable}. */
export interface FloorTableParts {
  /** A smooth function of a 32-bit word, 0 … 2³²−1; from 0 on, below 2³¹. */
  readonly exact: (word: number) => number;
  /** The words are cut into 2^`sliceBits` slices, on each of which a parabola stands for the function. */
  readonly sliceBits: number;
  /** Slices that have one; in those above, the function bends too much. */
  readonly slices: number;
  /** No parabola is farther from the function than this. */
  readonly error: number;
}

/**
 * ⌊`exact`(word)⌋ for any word, several times faster than `exact` where that is slow: the whole part of a parabola's
 * value is right unless the value lies within `error` of a whole number. Only there, and above the slices, the function
 * itself is asked. So the result is the function's own, always.
 */
export function createFloorTable({ exact, sliceBits, slices, error }: FloorTableParts) {
  const shift = 32 - sliceBits;
  const half = 2 ** (shift - 1);
  const mask = 2 * half - 1;
  // Through both ends of a slice and its middle: value, slope and curvature there, by distance from the middle.
  const coefficients = new Float64Array(3 * slices);
  for (let slice = 0; slice < slices; slice++) {
    const middle = (2 * slice + 1) * half;
    const [low, value, high] = [exact(middle - half), exact(middle), exact(middle + half)] as const;
    coefficients.set(
      [value, (high - low) / (2 * half), (high + low - 2 * value) / (2 * half * half)],
      3 * slice,
    );
  }
  const above = 1 - error;
  return (word: number): number => {
    const slice = word >>> shift;
    if (slice < slices) {
      const at = 3 * slice;
      const from = (word & mask) - half;
      const bent = (coefficients[at + 1] as number) + from * (coefficients[at + 2] as number);
      const value = (coefficients[at] as number) + from * bent;
      const whole = value | 0;
      const rest = value - whole;
      if (rest > error && rest < above) return whole;
    }
    return Math.floor(exact(word));
  };
}
